// A machine as text for the terminal.
#pragma once

#include <string>

#include "probes/machine/machine.h"

namespace weighin {

/// Everything about `machine`, one fact a line.
std::string machine_text(const Machine& machine);

}  // namespace weighin
