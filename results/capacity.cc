// What a device gives to a model: memory now, or total memory less a reserve; free storage.
#include <algorithm>

#include "probes/budgets.h"
#include "results/fit.h"

namespace weighin {
Capacity capacity_of(const Machine& machine) {
  Capacity capacity;
  capacity.device = machine.label;
  const UsableMemory usable = usable_memory(machine.memory);
  capacity.memory_bytes = usable.bytes;
  capacity.memory_kind = usable.limit;
  const uint64_t total = machine.memory.total_bytes.value.value_or(0);
  capacity.memory_total_bytes = total - system_reserve_bytes(total);
  for (const MemoryLimit& limit : machine.memory.limits)
    capacity.memory_total_bytes = std::min(capacity.memory_total_bytes, limit.bytes);
  capacity.storage_free_bytes = machine.storage.free_bytes.value;
  capacity.warnings = machine.warnings;
  return capacity;
}

Capacity capacity_of(const Device& device) {
  Capacity capacity;
  capacity.device = device.label.empty() ? device.id : device.label;
  capacity.now = false;
  capacity.memory_kind = device.memory_bytes ? "RAM" : "unknown";
  capacity.memory_bytes = device.memory_bytes - system_reserve_bytes(device.memory_bytes);
  if (device.memory_limit_bytes && device.memory_limit_bytes < capacity.memory_bytes) {
    capacity.memory_bytes = device.memory_limit_bytes;
    capacity.memory_kind =
        device.memory_limit.empty() || device.memory_limit == "RAM" ? "cgroup" : device.memory_limit;
  }
  capacity.memory_total_bytes = capacity.memory_bytes;
  if (device.storage_free_bytes) capacity.storage_free_bytes = device.storage_free_bytes;
  return capacity;
}

}  // namespace weighin
