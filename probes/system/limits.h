// Limits on the memory of this process.
#pragma once

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Reads the limits that are set on this process: cgroup version 2 (memory.max and memory.high of its group
/// and of every parent), cgroup version 1 (memory.limit_in_bytes likewise), and ulimit -v and -d. Of the
/// cgroups' limits only the one that leaves least is kept. Reclaimable file cache does not count as in use,
/// because the kernel drops it before it refuses memory.
void probe_limits(const Host& host, Machine& machine);

}  // namespace weighin
