// weighin devices describe: a device by its numbers, where no catalogue has it.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `devices`.
Command add_devices_describe(Command devices, Invocation& invocation);

}  // namespace weighin
