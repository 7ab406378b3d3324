#include "harness/cli/look_up/devices.h"

#include "harness/cli/look_up/devices_describe.h"
#include "harness/cli/look_up/devices_list.h"
#include "harness/cli/look_up/devices_show.h"
#include "harness/cli/look_up/devices_smallest.h"
#include "harness/cli/shared_options.h"

namespace weighin {

Command add_devices(Command program, Invocation& invocation) {
  const Command devices =
      program.subcommand("devices", "Machines known by what is published of them: phones, GPUs, boards");
  add_json_and_csv(devices, invocation, "a device");
  add_devices_list(devices, invocation);
  add_devices_show(devices, invocation);
  add_devices_describe(devices, invocation);
  add_devices_smallest(devices, invocation);
  devices.action([&invocation] { list_devices(invocation, {}); });
  return devices;
}

}  // namespace weighin
