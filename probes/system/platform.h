// The board, the operating system, and the power source.
#pragma once

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Reads board, operating system, kernel, virtualization and power source, and warns of what would spoil a
/// measurement.
void probe_platform(const Host& host, Machine& machine);

/// True for the texts that makers leave in the firmware in place of a name: "To Be Filled By O.E.M.",
/// "Standard PC (...)".
bool empty_board_name(const std::string& name);

}  // namespace weighin
