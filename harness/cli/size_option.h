// Sizes on a command line.
#pragma once

#include <CLI/CLI.hpp>

namespace weighin {

/// Bytes with a unit, decimal or binary: "500MB", "2.5 GiB".
CLI::Validator as_bytes();

}  // namespace weighin
