// weighin devices smallest: which devices run a model, the smallest first.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `devices`.
Command add_devices_smallest(Command devices, Invocation& invocation);

}  // namespace weighin
