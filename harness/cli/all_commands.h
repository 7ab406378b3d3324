// The table of commands.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds plain `weighin`'s options and every command to `line`, in the order that --help shows them. `line`
/// and `invocation` must outlive the commands' actions.
void add_all_commands(CommandLine& line, Invocation& invocation);

}  // namespace weighin
