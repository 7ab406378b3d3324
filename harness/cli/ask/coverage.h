// weighin coverage: which share of some users, or of a fleet, runs a model.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `program`.
Command add_coverage(Command program, Invocation& invocation);

}  // namespace weighin
