// Memory: what the kernel says there is, and the limits set below it.
#pragma once

#include "probes/machine.h"

namespace weighin {

/// RAM, swap and huge pages, from /proc/meminfo and /sys/kernel/mm/transparent_hugepage.
void probe_memory(const Host& host, Machine& machine);

/// Ceilings set on this process: cgroup v2 (memory.max and memory.high of its group and every parent), cgroup
/// v1 (memory.limit_in_bytes likewise) and ulimit -v, -d. Of the cgroups only the one that leaves least is
/// kept. Reclaimable file cache does not count as in use: the kernel drops it before it refuses memory.
void probe_limits(const Host& host, Machine& machine);

}  // namespace weighin
