// weighin report: the HTML report and the CSV files of what was measured.
#pragma once

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"

namespace weighin {

/// Adds the command to `program`.
Command add_report(Command program, Invocation& invocation);

}  // namespace weighin
