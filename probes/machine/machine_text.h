// A machine for a terminal.
#pragma once

#include <string>

#include "probes/machine/machine.h"

namespace weighin {

/// All of it for a terminal, one fact a line.
std::string machine_text(const Machine& machine);

}  // namespace weighin
