// What the operating system runs on and what feeds it.
#pragma once

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Board, operating system, kernel, virtualization and power source.
void probe_platform(const Host& host, Machine& machine);

/// True for names makers leave in the firmware when they have none: "To Be Filled By O.E.M.", "Standard PC
/// (...)".
bool empty_board_name(const std::string& name);

}  // namespace weighin
