#include "probes/machine/machine.h"

namespace weighin {

UsableMemory usable_memory(const Memory& memory) {
  if (!memory.available_bytes.known()) return {0, "unknown"};
  UsableMemory usable{*memory.available_bytes.value, "RAM"};
  for (const MemoryLimit& limit : memory.limits) {
    if (limit.available_bytes < usable.bytes) usable = {limit.available_bytes, limit.kind};
  }
  return usable;
}

}  // namespace weighin
