// weighin models import, weighin models forget.
#pragma once

#include <functional>

#include "harness/cli/command.h"

namespace weighin {

/// Adds both to the `models` command. Returns what carries out the one that was called, and says whether one
/// was.
std::function<bool()> add_models_import(CLI::App& models, Invocation& invocation);

}  // namespace weighin
