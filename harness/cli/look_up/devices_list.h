// weighin devices list: the devices of the catalogue, or those of some kind.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/look_up/device_filter.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `devices`.
Command add_devices_list(Command devices, Invocation& invocation);

/// Prints the devices of the catalogue that pass `filter`, as --json and --csv say.
void list_devices(const Invocation& invocation, const DeviceFilter& filter);

}  // namespace weighin
