// Memory now, or total memory less a reserve; free storage; the GPUs' own memory likewise.
#include "results/capacity.h"

#include <fmt/format.h>

#include <algorithm>

#include "probes/budgets.h"
#include "results/prices.h"

namespace weighin {
namespace {

std::string gib_text(uint64_t bytes) {
  return fmt::format("{:.2g} GiB", static_cast<double>(bytes) / (1024.0 * 1024 * 1024));
}

/// The limits and who it is, of a GPU as it is stored.
GpuCapacity described(const StoredGpu& gpu) {
  GpuCapacity capacity;
  capacity.id = gpu.id;
  capacity.name = gpu.name;
  capacity.driver = gpu.driver;
  capacity.driver_version = gpu.driver_version;
  capacity.unified = gpu.unified;
  capacity.memory_total_bytes = gpu.memory_bytes;
  capacity.max_storage_buffer_range = gpu.max_storage_buffer_range;
  capacity.max_allocation_bytes = gpu.max_allocation_bytes;
  capacity.max_allocations = gpu.max_allocations;
  capacity.webgpu = webgpu_limits(gpu.vendor_id, gpu.max_storage_buffer_range, gpu.max_allocation_bytes);
  return capacity;
}

void give_total_less_reserve(GpuCapacity& gpu, const std::string& why) {
  const uint64_t reserve = std::min(card_reserve_bytes, gpu.memory_total_bytes);
  // What unified memory leaves to the system is the machine's own reserve.
  gpu.memory_bytes = gpu.memory_total_bytes - (gpu.unified ? 0 : reserve);
  gpu.rule = (gpu.unified ? "all that it may use" : "the total less 1 GiB") + why;
}

/// As they are `now`, or when that is not asked, as they are without other programs.
void add_gpus(Capacity& capacity, const std::vector<StoredGpu>& gpus, bool now) {
  for (const StoredGpu& gpu : gpus) {
    if (gpu.software) continue;
    GpuCapacity added = described(gpu);
    if (now && gpu.memory_free_bytes) {
      added.memory_bytes = gpu.memory_free_bytes;
      added.rule = "free now";
    } else {
      give_total_less_reserve(added, now ? ": what is free now could not be read" : "");
    }
    capacity.gpus.push_back(std::move(added));
  }
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
  add_gpus(capacity, device_of(machine, "").gpus.value_or(std::vector<StoredGpu>{}), true);
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
  if (device.gpus) add_gpus(capacity, *device.gpus, false);
  return capacity;
}

void warn_of_unmeasured_gpus(Capacity& capacity, std::span<const Measurement> measurements) {
  for (const GpuCapacity& gpu : capacity.gpus) {
    const Measurement* tried = nullptr;
    bool measured = false;
    for (const Measurement& m : measurements) {
      if (m.gpu != gpu.id) continue;
      measured |= usable(m) && is_matrix(m.problem.op);
      if (m.status != Status::measured && (!tried || tried->reason.empty())) tried = &m;
    }
    if (measured) continue;
    std::string text = fmt::format("GPU {}", gpu.name);
    if (gpu.memory_total_bytes) text += fmt::format(" ({})", gib_text(gpu.memory_total_bytes));
    text += tried ? fmt::format(" gave no measured product ({}{}{})", status_name(tried->status),
                                tried->reason.empty() ? "" : ": ", tried->reason)
                  : std::string(" was not measured: `weighin run` measures it");
    capacity.warnings.push_back(text + "; no answer stands on it");
  }
}

}  // namespace weighin
