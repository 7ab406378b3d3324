// weighin models show: everything that is known of one model.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `models`.
Command add_models_show(Command models, Invocation& invocation);

}  // namespace weighin
