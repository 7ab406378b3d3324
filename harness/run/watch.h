// What else the machine does while it is measured: other programs, the host's share, heat.
#pragma once

#include <string>
#include <vector>

#include "probes/host/host.h"

namespace weighin {

/// Counters since the machine started, in core-seconds; negative where they cannot be read.
struct LoadCounters {
  double wall_s = 0;      // of a steady clock
  double busy_s = -1;     // all programs, all cores (/proc/stat)
  double steal_s = -1;    // cores the hypervisor gave to others
  double own_s = 0;       // this process, and those it has waited for (getrusage)
  double throttled = -1;  // times a core or package was slowed for heat (thermal_throttle)
};

LoadCounters read_load(const Host& host);

/// What spoiled the measurements between two readings, as sentences: other programs above 5% of the cores,
/// stolen time above 2%, any throttling. Empty when nothing did, or could be read.
std::vector<std::string> load_warnings(const LoadCounters& before, const LoadCounters& after, unsigned cores);

}  // namespace weighin
