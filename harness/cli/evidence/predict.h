// weighin predict: a table of machines and models in, a table of predictions from specs out.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `program`.
Command add_predict(Command program, Invocation& invocation);

}  // namespace weighin
