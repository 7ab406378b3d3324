// weighin shrink: what would make a model fit, and what that costs.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "harness/cli/command.h"
#include "harness/cli/load_device.h"
#include "harness/cli/named_models.h"
#include "harness/cli/size_option.h"
#include "results/shrink/shrink_json.h"
#include "results/shrink/shrink_text.h"

namespace weighin {
namespace {

struct ShrinkOptions {
  std::string model, device, format = "f16";
  double target_bytes = 0;
  ShrinkQuestion question;
  bool json = false;
};

void run_shrink(ShrinkOptions options, bool has_target, Invocation& invocation) {
  NamedModels named(invocation.host);
  const auto model = named.find(options.model);
  if (!model) return fail(invocation, model.error());
  const FileFormat* format = find_file_format(options.format);
  if (!format || format->container != Container::gguf)
    return fail(invocation, fmt::format("no GGUF format is called \"{}\" (all: weighin models show {})",
                                        options.format, (*model)->name));
  const bool file = !(*model)->file_format.empty();
  options.question.format = file ? FileFormatId::as_stored : format->id;
  const auto device = has_target ? tl::expected<DeviceProfile, std::string>(
                                       memory_profile(static_cast<uint64_t>(options.target_bytes)))
                                 : load_device(options.device, invocation);
  if (!device) return fail(invocation, device.error());
  const auto answer = shrink(**model, options.question, *device);
  if (!answer) return fail(invocation, answer.error());
  std::fputs((options.json ? shrink_json(*answer, device->capacity) : shrink_text(*answer, device->capacity))
                 .c_str(),
             stdout);
  invocation.exit_code = answer->any_fits ? exit_yes : exit_no;
}

}  // namespace

void add_shrink(Command program, Invocation& invocation) {
  auto options = std::make_shared<ShrinkOptions>();
  const Command command = program.subcommand(
      "shrink", "What would make a model fit: formats, students, pruning, sharing, and what each costs");
  add_database_option(command, invocation);
  command.option("MODEL", &options->model, "A model by name (weighin models list), file, folder or URL")
      .required();
  const Option device = command.option("--device", &options->device,
                                       "A measured device, by label or id; else this machine, now");
  const Option target =
      command.option("--target-bytes", &options->target_bytes, "Memory it must fit in, of no device: 4GiB")
          .in_units(byte_units())
          .positive()
          .excludes(device);
  command.option("--format", &options->format, "The GGUF format the model is in now; a file's is its own")
      .show_default();
  command
      .option("--context", &options->question.context,
              "Tokens of context; else min(4096, the model's maximum)")
      .between(1u, UINT32_MAX);
  command.flag("--json", &options->json, "Answer as JSON");
  command.action([options, target, &invocation] { run_shrink(*options, target.given(), invocation); });
}

}  // namespace weighin
