// Thread counts worth trying: more threads are not always faster.
#pragma once

#include <cstdint>
#include <vector>

#include "probes/machine/machine.h"

namespace weighin {

/// Counts between 1 and `most`, both left out, at which a machine may be faster than with all: powers of two
/// (memory is often busy with less than all cores), its performance cores alone, with their second threads,
/// and its cores without second threads. Ascending.
std::vector<uint32_t> thread_counts_to_try(const Topology& topology, uint32_t most);

}  // namespace weighin
