// weighin models import, weighin models forget.
#pragma once

#include "harness/cli/command.h"

namespace weighin {

/// Adds both to the `models` command.
void add_models_import(Command models, Invocation& invocation);

}  // namespace weighin
