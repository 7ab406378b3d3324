// The id of a device. It stays the same and tells nobody who owns the device.
#pragma once

#include <string>

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Sets machine.id to 16 hex digits of a SHA-256 over what there is of: the machine id of /etc, the serial
/// number and UUID of the firmware (device tree, DMI), the permanent addresses of built-in network cards or,
/// without such cards, the names of built-in drives, and the CPU's name and number of cores. None of these
/// leaves the function.
///
/// Only files that everyone may read count, by their mode, so that root and an ordinary user get the same id.
/// Linux lets only root read the DMI UUID and serial numbers, so on most PCs it is the network cards that
/// tell two clones of one disk apart. USB adapters do not count, because they move between machines, nor does
/// WSL2's card, whose address changes with each start. If only the installation's id is left, or nothing, a
/// remark says that copies share the id.
///
/// Needs machine.cpu, machine.topology and machine.platform.
void probe_identity(const Host& host, Machine& machine);

/// The label of a machine: the name of its board or else of its CPU, and the first four digits of its id.
std::string default_label(const Machine& machine);

}  // namespace weighin
