// Plain `weighin`: the whole weigh-in, where no command is named.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds its options and its action to `program` itself.
void add_weigh_in(Command program, Invocation& invocation);

}  // namespace weighin
