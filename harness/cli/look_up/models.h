// weighin models: the models that weighin knows. Each command below it has a file of its own.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `program`, with those below it.
Command add_models(Command program, Invocation& invocation);

}  // namespace weighin
