// weighin probe: what this machine is.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `program`.
Command add_probe(Command program, Invocation& invocation);

}  // namespace weighin
