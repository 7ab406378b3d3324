// weighin synth: writes a model file of true shape with random weights, to time engines without a download.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `program`.
Command add_synth(Command program, Invocation& invocation);

}  // namespace weighin
