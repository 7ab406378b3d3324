// weighin accuracy: predictions beside measurements, of engines run here and of published rows.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `program`.
Command add_accuracy(Command program, Invocation& invocation);

}  // namespace weighin
