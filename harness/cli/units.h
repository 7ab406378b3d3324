// The units of numbers on the command line.
#pragma once

#include "harness/cli/options.h"

namespace weighin {

/// Bytes, decimal and binary: "500MB", "2.5 GiB".
Units byte_units();
/// Numbers of things: "500M", "1.5B".
Units count_units();
/// Bits a second: "50Mbit/s", "1Gbit".
Units rate_units();
/// Seconds: "500ms", "90s", "5m", "1h".
Units time_units();

}  // namespace weighin
