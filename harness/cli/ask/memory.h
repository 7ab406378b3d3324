// weighin memory: what running a model holds in memory, by part, without a device.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `program`.
Command add_memory(Command program, Invocation& invocation);

}  // namespace weighin
