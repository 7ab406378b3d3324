// Sizes on a command line.
#pragma once

#include "harness/cli/options.h"

namespace weighin {

/// Units of bytes, decimal and binary: "500MB", "2.5 GiB".
Units byte_units();

}  // namespace weighin
