#include "harness/cli/ask/shrink.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "harness/cli/device_options.h"
#include "harness/cli/named_format.h"
#include "harness/cli/named_models.h"
#include "harness/cli/shared_options.h"
#include "harness/cli/units.h"
#include "results/shrink/shrink_json.h"
#include "results/shrink/shrink_text.h"

namespace weighin {
namespace {

struct ShrinkOptions {
  std::string model, format = "f16";
  DeviceOptions device;
  double target_bytes = 0;
  ShrinkQuestion question;
};

void run_shrink(ShrinkOptions options, bool has_target, Invocation& invocation) {
  NamedModels named(invocation.host);
  const auto model = named.find(options.model);
  if (!model) return fail(invocation, model.error());
  const auto format = gguf_format_called(options.format);
  if (!format) return fail(invocation, format.error());
  const bool file = !(*model)->file_format.empty();
  options.question.format = file ? FileFormatId::as_stored : (*format)->id;
  if (has_target && options.device.describes())
    return fail(invocation,
                "--target-bytes stands instead of a device: it is not described by other numbers");
  const auto device = has_target ? tl::expected<DeviceProfile, std::string>(
                                       memory_profile(static_cast<uint64_t>(options.target_bytes)))
                                 : asked_device(options.device, invocation);
  if (!device) return fail(invocation, device.error());
  const auto answer = shrink(**model, options.question, *device);
  if (!answer) return fail(invocation, answer.error());
  std::fputs(
      (invocation.json ? shrink_json(*answer, device->capacity) : shrink_text(*answer, device->capacity))
          .c_str(),
      stdout);
  invocation.exit_code = answer->any_fits ? exit_yes : exit_no;
}

}  // namespace

Command add_shrink(Command program, Invocation& invocation) {
  auto options = std::make_shared<ShrinkOptions>();
  const Command command = program.subcommand(
      "shrink", "Show what would make a model fit, and what that costs: formats, smaller models, pruning");
  add_model(command, options->model);
  const Option device = add_device(command, options->device);
  const Option target = command
                            .option("--target-bytes", &options->target_bytes,
                                    "Instead of a device: memory that it must fit in, such as 4GiB")
                            .in_units(byte_units())
                            .positive()
                            .excludes(device);
  add_format(command, options->format, "f16; a file has its own");
  add_context(command, options->question.context);
  add_json(command, invocation);
  add_database(command, invocation);
  command.action([options, target, &invocation] { run_shrink(*options, target.given(), invocation); });
  return command;
}

}  // namespace weighin
