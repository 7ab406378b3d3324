// weighin models resolve: what names say of model, size and format.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `models`.
Command add_models_resolve(Command models, Invocation& invocation);

}  // namespace weighin
