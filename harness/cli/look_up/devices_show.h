// weighin devices show: what a name stands for, and all that is known of it.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"
#include "probes/devices/name.h"

namespace weighin {

/// Adds the command to `devices`.
Command add_devices_show(Command devices, Invocation& invocation);

/// Prints everything that is known of one device. `named` says of which part, how many, and what was assumed.
void print_device(const NamedDevice& named, bool as_json);

}  // namespace weighin
