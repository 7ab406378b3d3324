// Memory, as the kernel reports it.
#pragma once

#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

/// Reads RAM, swap and huge pages from /proc/meminfo and /sys/kernel/mm/transparent_hugepage.
void probe_memory(const Host& host, Machine& machine);

}  // namespace weighin
