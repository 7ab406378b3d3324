// weighin commands-markdown: docs/commands.md, made from the help of every command. It is not for users.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `program`.
Command add_commands_markdown(Command program, Invocation& invocation);

}  // namespace weighin
