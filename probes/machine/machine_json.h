// A machine as JSON.
#pragma once

#include <string>

#include "probes/machine/machine.h"

namespace weighin {

/// Everything about `machine` as JSON text, with absent facts as {"absent": reason}. `indent` < 0: on one
/// line.
std::string machine_json(const Machine& machine, int indent = 2);

}  // namespace weighin
