#include "harness/plan/thread_counts.h"

#include <set>

namespace weighin {

std::vector<uint32_t> thread_counts_to_try(const Topology& topology, uint32_t most) {
  std::set<uint32_t> counts;
  for (uint32_t count = 2; count < most; count *= 2) counts.insert(count);
  counts.insert(topology.cores.value.value_or(0));
  for (const CoreKind& kind : topology.core_kinds) {
    if (kind.kind != "performance") continue;
    counts.insert(kind.cores);
    counts.insert(kind.threads);
  }
  std::erase_if(counts, [&](uint32_t count) { return count <= 1 || count >= most; });
  return {counts.begin(), counts.end()};
}

}  // namespace weighin
