// weighin run: measures this machine and keeps what it measured.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `program`.
Command add_run(Command program, Invocation& invocation);

}  // namespace weighin
