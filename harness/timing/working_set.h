// Where memory begins: from how many bytes on caches no longer speed up a loop that reads them again and
// again.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/timing/measure.h"

namespace weighin {

/// One size that was tried.
struct WorkingSetTrial {
  uint64_t bytes = 0;
  double cold_bytes_per_s = 0;   // read for the first time, when no cache holds any of it
  double again_bytes_per_s = 0;  // read again from its start
};

/// Sets the working set of `bench.weights` to the smallest size, from `least_bytes` up to what the pool was
/// made for, doubling, at which a buffer is read again no faster (by 10%) than for the first time, and
/// returns the trials. A processor or its hypervisor may claim far more cache than a program gets, and a
/// larger working set costs time: its pages must be touched, and every format's weights are written into it.
/// Only as much memory is touched as the largest trial has. Where the processor cannot keep the buffer out of
/// the caches (copies_past_caches), there are no trials, and the working set stays as it is.
std::vector<WorkingSetTrial> find_working_set(Workbench& bench, const KernelChoice& kernels,
                                              uint64_t least_bytes);

}  // namespace weighin
