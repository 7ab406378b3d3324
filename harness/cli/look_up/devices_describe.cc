// weighin devices describe: a device by its numbers, where no catalogue has it.
#include <memory>

#include "harness/cli/look_up/devices.h"

namespace weighin {

void add_devices_describe(Command devices, Invocation& invocation) {
  struct Options {
    DeviceDescription description;
    bool json = false;
  };
  auto options = std::make_shared<Options>();
  DeviceDescription& description = options->description;
  const Command describe =
      devices.subcommand("describe", "A device by its numbers: its tier and memory budgets");
  describe.option("--name", &description.name, "What to call it");
  describe.option("--bandwidth", &description.bandwidth, "Of its memory: 120GB/s").required();
  describe.option("--memory", &description.memory, "How much: 16GiB").required();
  describe.option("--tflops", &description.tflops, "Peak fp16 arithmetic, without sparsity: 8");
  describe.option("--tops", &description.tops, "Peak int8 arithmetic, without sparsity: 45");
  describe.option("--part", &description.part, "What computes: cpu, gpu (else) or npu");
  describe.option("--kind", &description.kind, "A kind of `devices list`; else by the part");
  describe.flag("--json", &options->json, "As JSON");
  describe.action([options, &invocation] {
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
}

}  // namespace weighin
