#include "harness/cli/look_up/devices_describe.h"

#include <memory>

#include "harness/cli/device_options.h"
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
  command
      .option("--tops", &description->tops,
              "Its peak int8 arithmetic, without sparsity, in TOPS, such as 45; default: not known")
      .type_name("NUMBER");
  command.option("--name", &description->name, "What to call it").type_name("NAME");
  command
      .option("--kind", &description->kind,
              "Its kind (see `weighin devices list --help`); default: by the part that computes")
      .type_name("KIND");
  add_json(command, invocation);
  command.action([description, &invocation] {
    const auto device = describe_device(*description);
    if (!device) return fail(invocation, device.error());
    print_device(described_device(*device), invocation.json);
  });
  return command;
}

}  // namespace weighin
