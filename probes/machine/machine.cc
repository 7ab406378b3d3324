#include "probes/machine/machine.h"

#include <algorithm>

namespace weighin {

uint64_t memory_for_programs(const Memory& memory) {
  const uint64_t total = memory.total_bytes.value.value_or(0);
  return total - std::min(total, memory.huge_pages_reserved_bytes.value.value_or(0));
}

UsableMemory usable_memory(const Memory& memory) {
  if (!memory.available_bytes.known()) return {0, "unknown"};
  UsableMemory usable{*memory.available_bytes.value, "RAM"};
  if (memory.total_bytes.known()) usable.bytes = std::min(usable.bytes, memory_for_programs(memory));
  for (const MemoryLimit& limit : memory.limits) {
    if (limit.available_bytes < usable.bytes) usable = {limit.available_bytes, limit.kind};
  }
  return usable;
}

}  // namespace weighin
