// weighin schema: docs/schema.md, made from the code.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `program`.
Command add_schema(Command program, Invocation& invocation);

}  // namespace weighin
