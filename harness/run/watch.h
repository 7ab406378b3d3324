// What else the machine does while it is measured: other programs, what the hypervisor takes, and throttling
// for heat.
#pragma once

#include <string>
#include <vector>

#include "probes/host/host.h"

namespace weighin {

/// Counters since the machine started, in core-seconds; negative where they cannot be read.
struct LoadCounters {
  double wall_s = 0;      // of a steady clock
  double busy_s = -1;     // of all programs on all cores (/proc/stat)
  double steal_s = -1;    // of cores that the hypervisor gave to others
  double own_s = 0;       // of this process and those that it has waited for (getrusage)
  double throttled = -1;  // how often a core or package was slowed for heat (thermal_throttle)
};

LoadCounters read_load(const Host& host);

/// The share of the cores' time that other programs and other machines took between two readings; 0 where it
/// could not be read.
double other_share(const LoadCounters& before, const LoadCounters& after, unsigned cores);

/// What disturbed the measurements between two readings, as sentences: other programs that took more than 5%
/// of the cores, stolen time above 2%, any throttling. Empty when nothing did, or nothing could be read.
std::vector<std::string> load_warnings(const LoadCounters& before, const LoadCounters& after, unsigned cores);

}  // namespace weighin
