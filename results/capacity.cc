// What a device gives to a model: memory now, or total memory less a reserve; free storage.
#include <algorithm>

#include "results/fit.h"

namespace weighin {
namespace {

constexpr uint64_t gib = uint64_t{1} << 30;

/// Bytes of `total` kept for the system: 255 MiB below 1 GiB, else 25% of the first 4 GiB, 20% of the next 4,
/// 10% of the next 8, 6% of the next 112 and 2% above. Source: Google Kubernetes Engine, "Plan node sizes",
/// the published memory reservation of a node; no narrower figure is published for desktops.
uint64_t system_reserve_bytes(uint64_t total) {
  if (total < gib) return std::min(total, uint64_t{255} << 20);
  struct Band {
    uint64_t bytes;
    uint64_t percent;
  };
  constexpr Band bands[] = {{4 * gib, 25}, {4 * gib, 20}, {8 * gib, 10}, {112 * gib, 6}};
  uint64_t left = total, reserve = 0;
  for (const Band& band : bands) {
    const uint64_t part = std::min(left, band.bytes);
    reserve += part / 100 * band.percent;
    left -= part;
  }
  return reserve + left / 100 * 2;
}

}  // namespace

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
