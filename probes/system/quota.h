// The number of threads that a CPU quota allows.
#pragma once

#include <cstdint>

#include "probes/host/host.h"
#include "probes/machine/fact.h"

namespace weighin {

/// The number of threads that the CPU quota of this process's control groups allows: cpu.max of cgroup
/// version 2 or cpu.cfs_quota_us of version 1, of the group or parent that allows least, rounded down, and at
/// least 1. With more threads than the quota has cores, all of them are stopped together in each period once
/// it is used up, and a step of a model waits for that (7 threads for a quota of 7.65 cores: lilbee issue
/// 660). Absent if there is no quota.
Fact<uint32_t> quota_threads(const Host& host);

}  // namespace weighin
