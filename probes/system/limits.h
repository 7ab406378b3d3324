// Limits on the memory of this process.
#pragma once

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Ceilings set on this process: cgroup v2 (memory.max and memory.high of its group and every parent), cgroup
/// v1 (memory.limit_in_bytes likewise) and ulimit -v, -d. Of the cgroups only the one that leaves least is
/// kept. Reclaimable file cache does not count as in use: the kernel drops it before it refuses memory.
void probe_limits(const Host& host, Machine& machine);

}  // namespace weighin
