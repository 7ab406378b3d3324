// From a probed machine to the rows the store keeps of it.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "results/store.h"

namespace weighin {
namespace {

/// Of its own heaps, where the driver says no more.
uint64_t total_bytes(const VulkanDevice& gpu) {
  if (gpu.memory_total_bytes.known()) return *gpu.memory_total_bytes.value;
  uint64_t most = 0;
  for (const VulkanHeap& heap : gpu.heaps)
    if (heap.device_local) most = std::max(most, heap.bytes);
  return most;
}

StoredGpu stored_gpu(const VulkanDevice& gpu, const std::string& probed_at, const std::string& facts) {
  return {.id = gpu.id,
          .name = gpu.name,
          .driver = gpu.driver,
          .driver_version = gpu.driver_version,
          .vendor_id = gpu.vendor_id,
          .type = gpu.type,
          .software = gpu.software,
          .unified = gpu.unified,
          .memory_bytes = total_bytes(gpu),
          .memory_free_bytes = gpu.memory_free_bytes.value.value_or(0),
          .max_storage_buffer_range = gpu.max_storage_buffer_range,
          .max_allocation_bytes = gpu.max_allocation_bytes,
          .max_allocations = gpu.max_allocations,
          .probed_at = probed_at,
          .facts_json = facts};
}

/// None where they could not be seen. One without an id (a GPU that Vulkan does not reach) can be named by
/// no measurement, and is among the machine's facts alone.
std::optional<std::vector<StoredGpu>> gpus_of(const Machine& machine, const std::string& probed_at,
                                              const std::string& facts_json) {
  if (!machine.vulkan.known()) return std::nullopt;
  const auto facts = nlohmann::json::parse(facts_json, nullptr, false);
  std::vector<StoredGpu> gpus;
  for (size_t i = 0; i < machine.vulkan.value->size(); ++i) {
    const VulkanDevice& gpu = (*machine.vulkan.value)[i];
    if (!gpu.id.empty()) gpus.push_back(stored_gpu(gpu, probed_at, facts["vulkan"][i].dump()));
  }
  return gpus;
}

}  // namespace

Device device_of(const Machine& machine, const std::string& probed_at) {
  const UsableMemory usable = usable_memory(machine.memory);
  uint64_t limit = 0;
  for (const MemoryLimit& l : machine.memory.limits) limit = limit ? std::min(limit, l.bytes) : l.bytes;
  std::string facts = machine_json(machine, -1);
  auto gpus = gpus_of(machine, probed_at, facts);
  return {.id = machine.id,
          .label = machine.label,
          .cpu = machine.cpu.name.value.value_or("unknown"),
          .cores = machine.topology.cores.value.value_or(0),
          .threads = machine.topology.usable_threads.value.value_or(0),
          .memory_bytes = machine.memory.total_bytes.value.value_or(0),
          .memory_available_bytes = usable.bytes,
          .memory_limit = usable.limit,
          .memory_limit_bytes = limit,
          .storage_free_bytes = machine.storage.free_bytes.value.value_or(0),
          .probed_at = probed_at,
          .facts_json = std::move(facts),
          .gpus = std::move(gpus)};
}

}  // namespace weighin
