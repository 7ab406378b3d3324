#include "harness/cli/tools/synth.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "harness/cli/named_format.h"
#include "harness/cli/named_models.h"
#include "harness/cli/shared_options.h"
#include "models/synthetic/write_gguf.h"
#include "models/synthetic/write_onnx.h"

namespace weighin {
namespace {

struct SynthOptions {
  std::string model, format = usual_format, output;
  SyntheticOptions synthetic;
  bool no_vocabulary = false, dry_run = false;
};

tl::expected<uint64_t, std::string> write(const ModelShape& model, const FileFormat& format,
                                          const SynthOptions& options) {
  const SyntheticOptions& synthetic = options.synthetic;
  if (format.container != Container::onnx)
    return options.dry_run ? synthetic_bytes(model, format, synthetic)
                           : write_gguf(model, format, options.output, synthetic);
  if (synthetic.sparse)
    return tl::unexpected(std::string("--sparse is of GGUF files: an ONNX file is read whole"));
  return options.dry_run ? onnx_bytes(model, format)
                         : write_onnx(model, format, options.output, synthetic.seed);
}

void run_synth(SynthOptions options, Invocation& invocation) {
  NamedModels named(invocation.host);
  const auto found = named.find(options.model);
  if (!found) return fail(invocation, found.error());
  const ModelShape* model = *found;
  const auto format = format_called(options.format);
  if (!format) return fail(invocation, format.error());
  options.synthetic.vocabulary = !options.no_vocabulary;
  const auto bytes = write(*model, **format, options);
  if (!bytes) return fail(invocation, bytes.error());
  fmt::print("{}: {} in {}, {} bytes of random weights{}\n", options.output, model->name, (*format)->name,
             *bytes, options.dry_run ? " would be written" : "");
}

}  // namespace

Command add_synth(Command program, Invocation& invocation) {
  auto options = std::make_shared<SynthOptions>();
  const Command command = program.subcommand(
      "synth", "Write a model file of true shape with random weights, to time engines without a download");
  command.footer("The file is GGUF, or ONNX for an encoder in onnx-fp32, onnx-fp16 or onnx-int8.");
  add_model(command, options->model);
  add_format(command, options->format, "Q4_K_M");
  command.option("-o,--output", &options->output, "The file to write").type_name("FILE").required();
  command.option("--seed", &options->synthetic.seed, "The seed of the random weights").show_default();
  command.flag("--no-vocabulary", &options->no_vocabulary,
               "Leave the tokenizer out (tokenizer.ggml.model no_vocab)");
  command.flag("--sparse", &options->synthetic.sparse,
               "Write the header, and holes in place of weights: engines can read its sizes but not run it");
  command.flag("--dry-run", &options->dry_run, "Say how large the file would be, and write nothing");
  command.action([options, &invocation] { run_synth(*options, invocation); });
  return command;
}

}  // namespace weighin
