// A machine as JSON.
#pragma once

#include <string>

#include "probes/machine/machine.h"

namespace weighin {

/// All of it as JSON text, absent facts as {"absent": reason}; `indent` < 0 for one line.
std::string machine_json(const Machine& machine, int indent = 2);

}  // namespace weighin
