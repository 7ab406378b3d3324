// weighin shrink: what would make a model fit, and what that costs.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `program`.
Command add_shrink(Command program, Invocation& invocation);

}  // namespace weighin
