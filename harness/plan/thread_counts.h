// Which thread counts are worth trying, since more threads are not always faster.
#pragma once

#include <cstdint>
#include <vector>

#include "probes/machine/machine.h"

namespace weighin {

/// Counts above 1 and below `most`, ascending, at which a machine may be faster than with `most` threads:
/// powers of two (fewer than all cores often keep the memory busy), its performance cores, those with their
/// second threads, and all its cores without second threads.
std::vector<uint32_t> thread_counts_to_try(const Topology& topology, uint32_t most);

}  // namespace weighin
