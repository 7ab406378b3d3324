// weighin verify: a real engine run on a model, beside what is predicted of it.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `program`.
Command add_verify(Command program, Invocation& invocation);

}  // namespace weighin
