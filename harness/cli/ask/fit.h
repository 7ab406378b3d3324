// weighin fit: which models this machine, or another device, can run.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `program`.
Command add_fit(Command program, Invocation& invocation);

}  // namespace weighin
