// A device id that stays the same and names nobody.
#pragma once

#include <string>

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Sets machine.id: 16 hex digits of SHA-256 over, where there are any, the machine id of /etc, the serial
/// number and UUID of the firmware (device tree, DMI), the permanent addresses of built-in network cards
/// (none: the names of built-in drives), and the CPU's name and number of cores. None of these leaves the
/// function.
///
/// Only files that everyone may read count, by their mode, so that root and user get the same id. Linux lets
/// only root read the DMI UUID and serials, so on most PCs the network cards tell two clones of one disk
/// apart; where a kernel lets everyone read the UUID, it counts. USB adapters do not: they wander between
/// machines. Nor does WSL2's card, whose address changes with each start. Where only the installation's id is
/// left, or nothing, a remark says that copies share the id.
///
/// Needs machine.cpu, machine.topology and machine.platform filled.
void probe_identity(const Host& host, Machine& machine);

/// machine.label: the board's or else the CPU's name and the first four digits of the id.
std::string default_label(const Machine& machine);

}  // namespace weighin
