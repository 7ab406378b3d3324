#include "harness/cli/device_options.h"

#include <fmt/format.h>

#include <vector>

#include "harness/cli/load_device.h"

namespace weighin {

bool DeviceOptions::describes() const {
  return !described.bandwidth.empty() || !described.memory.empty() || !described.tflops.empty() ||
         !described.part.empty();
}

Option add_device(Command command, DeviceOptions& options) {
  const Option device = command
                            .option("--device", &options.device,
                                    "A measured device, by label or id, or one of `weighin devices`; "
                                    "default: this machine, now")
                            .type_name("NAME");
  add_description(command, options.described);
  add_runs_as(command, options.runs_as);
  return device;
}

std::pair<Option, Option> add_description(Command command, DeviceDescription& description) {
  const char* heading = "A device that is described by its numbers";
  const Option bandwidth =
      command.option("--bandwidth", &description.bandwidth, "The bandwidth of its memory, such as 120GB/s")
          .type_name("RATE")
          .heading(heading);
  const Option memory =
      command.option("--memory", &description.memory, "The size of its memory, such as 16GiB")
          .type_name("SIZE")
          .heading(heading);
  command
      .option("--tflops", &description.tflops,
              "Its peak fp16 arithmetic, without sparsity, in TFLOPS, such as 8; default: not known")
      .type_name("NUMBER")
      .heading(heading);
  command.option("--part", &description.part, "The part that computes: cpu, gpu or npu; default: gpu")
      .type_name("PART")
      .heading(heading);
  return {bandwidth, memory};
}

void add_runs_as(Command command, std::string& runs_as) {
  std::vector<std::string> kinds;
  for (const RunsAs kind : all_runs_as) kinds.emplace_back(runs_as_name(kind));
  command
      .option("--as", &runs_as,
              "What runs the model, which limits its memory, on a device that was not measured")
      .one_of(kinds)
      .show_default();
}

RunsAs runs_as_called(const std::string& name) {
  for (const RunsAs kind : all_runs_as)
    if (runs_as_name(kind) == name) return kind;
  return RunsAs::native;
}

NamedDevice described_device(const DeviceSpec& spec) {
  return {.device = &spec,
          .part = spec.usual_part,
          .part_stated = true,
          .memory_gib = spec.memory_gib.front(),
          .memory_stated = true,
          .assumed = {},
          .recalled = {}};
}

tl::expected<DeviceProfile, std::string> asked_device(const DeviceOptions& options,
                                                      const Invocation& invocation) {
  const RunsAs runs_as = runs_as_called(options.runs_as);
  if (!options.describes()) return load_any_device(options.device, runs_as, invocation);
  if (!options.device.empty())
    return tl::unexpected(
        fmt::format("--device \"{}\" names a device, and --bandwidth, --memory, --tflops and --part describe "
                    "another: give one of "
                    "them",
                    options.device));
  static DeviceSpec spec;  // a profile refers to its device
  auto described = describe_device(options.described);
  if (!described) return tl::unexpected(described.error());
  spec = std::move(*described);
  return published_profile({described_device(spec), runs_as});
}

}  // namespace weighin
