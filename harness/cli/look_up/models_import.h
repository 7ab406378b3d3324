// weighin models import and weighin models forget: models of the user's own.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds `models import` to `models`.
Command add_models_import(Command models, Invocation& invocation);
/// Adds `models forget` to `models`.
Command add_models_forget(Command models, Invocation& invocation);

}  // namespace weighin
