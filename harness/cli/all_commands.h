// The table of subcommands.
#pragma once

#include <span>

#include "harness/cli/command.h"

namespace weighin {

/// Every subcommand, in the order --help shows them.
std::span<const CommandRow> all_commands();

}  // namespace weighin
