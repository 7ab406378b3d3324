// Caches, as hwloc shows them and as they can be.
#pragma once

#include <hwloc.h>

#include <cstdint>

#include "probes/machine/machine.h"

namespace weighin {

/// Hardware threads of a set of hwloc's; 0 of none.
uint32_t threads_in(hwloc_const_bitmap_t set);

/// Fills caches, last_level_cache_bytes and, where caches are not as they are shown, caches_remark of
/// `facts`.
///
/// A hypervisor that hides how AMD's processors share their caches (CPUID 0x8000001D) leaves hwloc the sum of
/// a processor's L3 caches (0x80000006), which it takes for the cache of each thread. No L3 cache of AMD's is
/// larger than 96 MiB, nor has a larger share for 16 threads (EPYC 9684X: 1152 MiB in 12 caches for 16
/// threads each, AMD's specifications): where larger ones are shown, so many are assumed.
void add_caches(hwloc_topology_t topology, Topology& facts);

}  // namespace weighin
