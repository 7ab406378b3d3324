// weighin devices describe: a device by its numbers, where no catalogue has it.
#include <memory>

#include "harness/cli/look_up/devices.h"

namespace weighin {

CLI::App* add_devices_describe(CLI::App& devices, Invocation& invocation) {
  struct Options {
    DeviceDescription description;
    bool json = false;
  };
  auto options = std::make_shared<Options>();
  DeviceDescription& description = options->description;
  CLI::App* describe =
      devices.add_subcommand("describe", "A device by its numbers: its tier and memory budgets");
  describe->add_option("--name", description.name, "What to call it");
  describe->add_option("--bandwidth", description.bandwidth, "Of its memory: 120GB/s")->required();
  describe->add_option("--memory", description.memory, "How much: 16GiB")->required();
  describe->add_option("--tflops", description.tflops, "Peak fp16 arithmetic, without sparsity: 8");
  describe->add_option("--tops", description.tops, "Peak int8 arithmetic, without sparsity: 45");
  describe->add_option("--part", description.part, "What computes: cpu, gpu (else) or npu");
  describe->add_option("--kind", description.kind, "A kind of `devices list`; else by the part");
  describe->add_flag("--json", options->json, "As JSON");
  describe->callback([options, &invocation] {
    const auto device = describe_device(options->description);
    if (!device) return fail(invocation, device.error());
    NamedDevice named;
    named.device = &*device;
    named.part = device->usual_part;
    named.part_stated = true;
    named.memory_gib = device->memory_gib.front();
    named.memory_stated = true;
    print_device(named, options->json);
  });
  return describe;
}

}  // namespace weighin
