// weighin decode: the whole forward pass, token by token, beside the sum of its parts.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `program`.
Command add_decode(Command program, Invocation& invocation);

}  // namespace weighin
