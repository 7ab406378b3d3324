#include "harness/cli/look_up/devices_describe.h"

#include <memory>

#include "harness/cli/look_up/devices_show.h"
#include "harness/cli/shared_options.h"

namespace weighin {

Command add_devices_describe(Command devices, Invocation& invocation) {
  const Command command = devices.subcommand(
      "describe", "Show the tier and the memory budgets of a device that is described by its numbers");
  auto description = std::make_shared<DeviceDescription>();
  const auto [bandwidth, memory] = add_description(command, *description);
  bandwidth.required();
  memory.required();
  command.option("--tops", &description->tops,
                 "Of a described device: the peak int8 arithmetic, without sparsity, in TOPS, such as 45");
  command.option("--name", &description->name, "Of a described device: what to call it");
  command.option("--kind", &description->kind,
                 "Of a described device: its kind (weighin devices list --help); else by its part");
  add_json(command, invocation);
  command.action([description, &invocation] {
    const auto device = describe_device(*description);
    if (!device) return fail(invocation, device.error());
    print_device({.device = &*device,
                  .part = device->usual_part,
                  .part_stated = true,
                  .memory_gib = device->memory_gib.front(),
                  .memory_stated = true,
                  .assumed = {},
                  .recalled = {}},
                 invocation.json);
  });
  return command;
}

}  // namespace weighin
