// The number of threads that a CPU quota allows.
#pragma once

#include <cstdint>

#include "probes/host/host.h"
#include "probes/machine/fact.h"

namespace weighin {

/// The number of threads that the CPU quota of this process's control groups allows, rounded up: cpu.max of
/// cgroup version 2 or cpu.cfs_quota_us of version 1, of the group or parent that allows least. Absent if
/// there is no quota.
Fact<uint32_t> quota_threads(const Host& host);

}  // namespace weighin
