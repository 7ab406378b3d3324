// weighin run-engine: the child process that measures an engine's kernels for `weighin run`. It is not for
// users.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `program`.
Command add_run_engine(Command program, Invocation& invocation);

}  // namespace weighin
