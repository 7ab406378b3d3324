#include "harness/cli/ask/memory.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/named_format.h"
#include "harness/cli/named_models.h"
#include "harness/cli/shared_options.h"
#include "harness/cli/units.h"
#include "models/llamacpp/split.h"
#include "models/memory/memory.h"
#include "models/text/units.h"
#include "results/fit/question.h"

namespace weighin {
namespace {

using nlohmann::ordered_json;

struct MemoryOptions {
  std::string model, format, engine = "llama.cpp", kv = "f16";
  MemorySettings settings;
  double gpu_bytes = 0;
  bool no_mmap = false, no_repack = false, no_flash_attention = false;
};

/// One part of the memory, as it is shown.
struct Part {
  const char* name;
  uint64_t bytes;
  const char* what;
};

std::vector<Part> parts_of(const MemoryUse& use, uint64_t needed_bytes) {
  return {
      {"weights", use.weights_bytes, "the tensors of the file"},
      {"repacked", use.repacked_bytes, "a second copy in the CPU's order, beside the mapped file"},
      {"kv", use.kv_bytes, "keys and values, or the state of recurrent layers"},
      {"workspace", use.workspace_bytes, "what is touched of the compute buffer"},
      {"logits", use.logits_bytes, "results that the caller reads"},
      {"tokenizer", use.tokenizer_bytes, "estimated from the vocabulary"},
      {"runtime", use.runtime_bytes, "the program, and its threads' inputs"},
      {"needed", needed_bytes, "in memory at once: what verdicts stand on"},
      {"peak_resident", use.peak_resident_bytes(), "with the repacked copy beside the mapped file's pages"},
      {"compute_buffer", use.compute_bytes, "as allotted; resident is what is touched"},
      {"largest_buffer", use.largest_buffer_bytes, "against limits such as WebGPU's maxBufferSize"},
      {"largest_tensor", use.largest_tensor_bytes, "against limits such as Vulkan's maxStorageBufferRange"}};
}

/// What each side holds where part of the model lies on a GPU.
ordered_json split_json(const llamacpp::SplitUse& use) {
  return {{"gpu_layers", use.gpu_layers},
          {"gpu",
           {{"weights", use.gpu_weights_bytes},
            {"kv", use.gpu_kv_bytes},
            {"compute_buffer", use.gpu_compute_bytes},
            {"total", use.gpu_bytes()}}},
          {"cpu",
           {{"weights", use.cpu_weights_bytes},
            {"kv", use.cpu_kv_bytes},
            {"compute_buffer", use.cpu_compute_bytes},
            {"total", use.cpu_bytes()}}}};
}

void print(const ModelShape& model, const FileFormat& format, const MemoryOptions& options, bool as_json) {
  // A file's tensors have formats of their own, which give the file its name.
  const std::string format_name = model.file_format.empty() ? std::string(format.name) : model.file_format;
  const MemoryUse use = memory_use(model, format, options.settings);
  MemorySettings not_mapped = options.settings;  // as a verdict counts: each weight once
  not_mapped.mmap = false;
  const std::vector<Part> parts = parts_of(use, memory_use(model, format, not_mapped).needed_bytes());
  llamacpp::SplitUse split;
  if (options.gpu_bytes > 0)
    split = llamacpp::best_split(model, format, options.settings, static_cast<uint64_t>(options.gpu_bytes));
  if (as_json) {
    ordered_json bytes;
    for (const Part& part : parts) bytes[part.name] = part.bytes;
    bytes["peak"] = use.peak_resident_bytes();  // its name in schema 1
    const ordered_json out = {{"model", model.name},
                              {"format", format_name},
                              {"engine", options.engine},
                              {"context", options.settings.context},
                              {"bytes", bytes},
                              {"split", options.gpu_bytes > 0 ? split_json(split) : ordered_json(nullptr)}};
    std::puts(out.dump(2).c_str());
    return;
  }
  fmt::print("{} in {}, {} tokens of context, {}\n", model.name, format_name, options.settings.context,
             options.engine);
  for (const Part& part : parts)
    fmt::print("  {:<15} {:>10.1f} MiB  {}\n", part.name, in_mib(part.bytes), part.what);
  if (options.gpu_bytes > 0) {
    fmt::print(
        "  {} of {} layers and the head fit in {:.1f} GiB of GPU memory (llama.cpp: --n-gpu-layers {}): "
        "{:.2f} GiB there, "
        "{:.2f} GiB on the CPU\n",
        split.gpu_layers ? split.gpu_layers - 1 : 0, model.layers, in_gib(options.gpu_bytes),
        split.gpu_layers, in_gib(split.gpu_bytes()), in_gib(split.cpu_bytes()));
  }
}

void run_memory(MemoryOptions options, Invocation& invocation) {
  NamedModels named(invocation.host);
  const auto found = named.find(options.model);
  if (!found) return fail(invocation, found.error());
  const ModelShape* model = *found;
  if (!model->undisclosed.empty())
    return fail(invocation, fmt::format("{}: {}", model->name, model->undisclosed));
  const bool file = !model->file_format.empty();
  if (file && !options.format.empty())
    return fail(invocation, "--format is for models by name: a file has a format of its own");
  const auto format =
      file ? tl::expected<const FileFormat*, std::string>(&file_format_of(FileFormatId::as_stored))
           : format_called(options.format.empty() ? usual_format : options.format);
  if (!format) return fail(invocation, format.error());
  if (options.settings.context == 0) options.settings.context = answered_context(*model, 0);
  options.settings.key = options.settings.value = find_format(options.kv)->id;
  options.settings.mmap = !options.no_mmap;
  options.settings.repack = !options.no_repack;
  options.settings.flash_attention = !options.no_flash_attention;
  options.settings.engine = options.engine == "llama.cpp" ? Engine::llamacpp : Engine::generic;
  print(*model, **format, options, invocation.json);
}

}  // namespace

Command add_memory(Command program, Invocation& invocation) {
  auto options = std::make_shared<MemoryOptions>();
  MemorySettings& settings = options->settings;
  settings.context = 0;
  const Command command =
      program.subcommand("memory", "Show what running a model holds in memory, part by part");
  add_model(command, options->model);
  add_format(command, options->format, "Q4_K_M; a file has its own");
  command.option("--engine", &options->engine, "The engine whose memory is meant")
      .one_of({"llama.cpp", "generic"})
      .show_default();
  add_context(command, settings.context);
  command.option("--ubatch", &settings.micro_batch, "Tokens that are computed together")
      .type_name("TOKENS")
      .check(not_tokens)
      .show_default();
  command
      .option("--prompt", &settings.prompt,
              "Tokens of the longest prompt; default: as many as are computed together")
      .type_name("TOKENS");
  command.option("--parallel", &settings.sequences, "Sequences at once, which share the context")
      .between(1, UINT32_MAX)
      .show_default();
  command.option("--kv", &options->kv, "The format of the KV cache")
      .one_of({"f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0", "iq4_nl"})
      .show_default();
  command
      .option("--gpu", &options->gpu_bytes,
              "The free memory of a GPU: also show how many layers fit there, and what each side holds")
      .in_units(byte_units());
  command.flag("--no-flash-attention", &options->no_flash_attention,
               "Keep the attention scores of all tokens at once");
  command.flag("--no-mmap", &options->no_mmap, "Read the file instead of mapping it");
  command.flag("--no-repack", &options->no_repack, "Leave the weights as the file has them");
  add_json(command, invocation, ", in bytes");
  command.action([options, &invocation] { run_memory(*options, invocation); });
  return command;
}

}  // namespace weighin
