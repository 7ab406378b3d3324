// Caches, as hwloc shows them, bounded by what is possible.
#pragma once

#include <hwloc.h>

#include <cstdint>

#include "probes/machine/machine.h"

namespace weighin {

/// The number of hardware threads in a set of hwloc's; 0 for no set.
uint32_t threads_in(hwloc_const_bitmap_t set);

/// Fills caches, last_level_cache_bytes and, if caches differ from what hwloc shows, caches_remark of
/// `facts`.
///
/// A hypervisor may hide how AMD's processors share their caches (CPUID 0x8000001D). hwloc then finds only
/// the sum of a processor's L3 caches (0x80000006) and takes it for the cache of each thread. No L3 cache of
/// AMD's is larger than 96 MiB, or larger for 16 threads (EPYC 9684X: 1152 MiB in 12 caches, each for 16
/// threads; AMD's specifications). Where a larger one is shown, caches of this size are assumed.
void add_caches(hwloc_topology_t topology, Topology& facts);

}  // namespace weighin
