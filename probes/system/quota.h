// How many threads the quota of a control group allows.
#pragma once

#include <cstdint>

#include "probes/host/host.h"
#include "probes/machine/fact.h"

namespace weighin {

/// Threads a CPU quota allows, rounded up: cgroup v2 cpu.max or v1 cpu.cfs_quota_us, the tightest of this
/// process's groups. Absent when there is no quota.
Fact<uint32_t> quota_threads(const Host& host);

}  // namespace weighin
