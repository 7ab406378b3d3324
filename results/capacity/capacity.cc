// What a device gives to a model: the memory that is available now, or the total less a reserve; free
// storage; and the same of its GPUs.
#include "results/capacity/capacity.h"

#include <fmt/format.h>

#include <algorithm>

#include "probes/devices/budgets.h"
#include "results/text/numbers.h"

namespace weighin {
namespace {

/// The memory of the GPU itself, or of a unified GPU what it may use of the machine's. Where the driver
/// does not say, it is the largest heap.
uint64_t total_bytes(const VulkanDevice& gpu) {
  if (gpu.memory_total_bytes.known()) return *gpu.memory_total_bytes.value;
  uint64_t most = 0;
  for (const VulkanHeap& heap : gpu.heaps)
    if (heap.device_local) most = std::max(most, heap.bytes);
  return most;
}

/// The limits and who it is.
GpuCapacity described(const VulkanDevice& gpu) {
  GpuCapacity capacity;
  capacity.id = gpu.id;
  capacity.name = gpu.name;
  capacity.driver = gpu.driver;
  capacity.driver_version = gpu.driver_version;
  capacity.unified = gpu.unified;
  capacity.memory_total_bytes = total_bytes(gpu);
  capacity.max_storage_buffer_range = gpu.max_storage_buffer_range;
  capacity.max_allocation_bytes = gpu.max_allocation_bytes;
  capacity.max_allocations = gpu.max_allocations;
  capacity.webgpu = webgpu_limits(gpu.vendor_id, gpu.max_storage_buffer_range, gpu.max_allocation_bytes);
  return capacity;
}

void give_total_less_reserve(GpuCapacity& gpu, const std::string& why) {
  const uint64_t reserve = std::min(card_reserve_bytes, gpu.memory_total_bytes);
  // For a unified GPU, the reserve of the machine already leaves memory to the system.
  gpu.memory_bytes = gpu.memory_total_bytes - (gpu.unified ? 0 : reserve);
  gpu.rule = (gpu.unified ? "all that it may use" : "the total less 1 GiB") + why;
}

/// Adds the GPUs with the memory that is free `now`, or else with the memory that they have without other
/// programs.
void add_gpus(Capacity& capacity, const std::optional<std::vector<VulkanDevice>>& gpus, bool now) {
  if (!gpus) return;
  for (const VulkanDevice& gpu : *gpus) {
    if (gpu.software || gpu.id.empty()) continue;
    GpuCapacity added = described(gpu);
    if (now && gpu.memory_free_bytes.known()) {
      added.memory_bytes = *gpu.memory_free_bytes.value;
      added.free_now = true;
      added.rule = "free now";
    } else {
      give_total_less_reserve(added, now ? ": what is free now could not be read" : "");
    }
    capacity.gpus.push_back(std::move(added));
  }
}

}  // namespace

Capacity capacity_now(const Machine& machine) {
  Capacity capacity;
  capacity.device = machine.label;
  const UsableMemory usable = usable_memory(machine.memory);
  capacity.memory_bytes = usable.bytes;
  capacity.memory_kind = memory_limit_of(usable.limit);
  const uint64_t total = memory_for_programs(machine.memory);
  capacity.memory_total_bytes = total - system_reserve_bytes(total);
  for (const MemoryLimit& limit : machine.memory.limits)
    capacity.memory_total_bytes = std::min(capacity.memory_total_bytes, limit.bytes);
  capacity.storage_free_bytes = machine.storage.free_bytes.value;
  capacity.warnings = machine.warnings;
  add_gpus(capacity, machine.vulkan.value, true);
  return capacity;
}

Capacity stored_capacity(const Device& device) {
  Capacity capacity;
  capacity.device = device.label.empty() ? device.id : device.label;
  capacity.now = false;
  capacity.memory_kind = device.memory_bytes ? LimitKind::ram : LimitKind::unknown;
  capacity.memory_bytes = device.memory_bytes - system_reserve_bytes(device.memory_bytes);
  if (device.memory_limit_bytes && device.memory_limit_bytes < capacity.memory_bytes) {
    capacity.memory_bytes = device.memory_limit_bytes;
    capacity.memory_kind = device.memory_limit.empty() || device.memory_limit == limit_name(LimitKind::ram)
                               ? LimitKind::cgroup
                               : memory_limit_of(device.memory_limit);
  }
  capacity.memory_total_bytes = capacity.memory_bytes;
  if (device.storage_free_bytes) capacity.storage_free_bytes = device.storage_free_bytes;
  add_gpus(capacity, device.gpus, false);
  return capacity;
}

void use_allocated(Capacity& capacity, std::span<const Measurement> measurements) {
  for (GpuCapacity& gpu : capacity.gpus) {
    uint64_t most = 0;
    for (const Measurement& m : measurements)
      if (m.gpu == gpu.id && m.problem.op == Op::allocate && usable(m)) most = std::max(most, m.problem.m);
    if (most == 0 || gpu.free_now) continue;
    gpu.memory_bytes = most;
    gpu.rule = "the most that weighin run --allocate could have";
  }
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
    if (gpu.memory_total_bytes) text += fmt::format(" ({})", nominal_gib_text(gpu.memory_total_bytes));
    text += tried ? fmt::format(" gave no measured product ({}{}{})", status_name(tried->status),
                                tried->reason.empty() ? "" : ": ", tried->reason)
                  : std::string(" was not measured: `weighin run` measures it");
    capacity.warnings.push_back(text + "; no answer stands on it");
  }
}

}  // namespace weighin
