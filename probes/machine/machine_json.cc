#include "probes/machine/machine_json.h"

#include <nlohmann/json.hpp>

namespace weighin {

namespace {

using nlohmann::ordered_json;

template <class T>
ordered_json fact(const Fact<T>& fact) {
  if (fact.known()) return *fact.value;
  return {{"absent", fact.reason.empty() ? "not probed" : fact.reason}};
}

ordered_json cpu_json(const Cpu& cpu) {
  ordered_json simd;
  if (cpu.simd.known())
    simd = cpu.simd.value->names();
  else
    simd = {{"absent", cpu.simd.reason}};
  return {{"architecture", cpu.architecture}, {"name", fact(cpu.name)}, {"simd", simd},
          {"governor", fact(cpu.governor)},   {"mhz", fact(cpu.mhz)},   {"max_mhz", fact(cpu.max_mhz)}};
}

ordered_json topology_json(const Topology& topology) {
  ordered_json json{{"sockets", fact(topology.sockets)},
                    {"cores", fact(topology.cores)},
                    {"threads", fact(topology.threads)},
                    {"usable_threads", fact(topology.usable_threads)},
                    {"last_level_cache_bytes", fact(topology.last_level_cache_bytes)}};
  json["core_kinds"] = ordered_json::array();
  for (const CoreKind& kind : topology.core_kinds) {
    json["core_kinds"].push_back({{"kind", kind.kind},
                                  {"cores", kind.cores},
                                  {"threads", kind.threads},
                                  {"max_mhz", fact(kind.max_mhz)}});
  }
  json["caches"] = ordered_json::array();
  for (const Cache& cache : topology.caches) {
    json["caches"].push_back({{"level", cache.level},
                              {"type", cache.type},
                              {"bytes", cache.bytes},
                              {"shared_by_threads", cache.shared_by_threads},
                              {"count", cache.count}});
  }
  json["numa"] = ordered_json::array();
  for (const NumaNode& node : topology.numa) {
    json["numa"].push_back({{"node", node.node}, {"bytes", node.bytes}, {"threads", node.threads}});
  }
  return json;
}

ordered_json memory_json(const Memory& memory) {
  const UsableMemory usable = usable_memory(memory);
  ordered_json json{{"total_bytes", fact(memory.total_bytes)},
                    {"available_bytes", fact(memory.available_bytes)},
                    {"usable_bytes", usable.bytes},
                    {"usable_limit", usable.limit},
                    {"swap_total_bytes", fact(memory.swap_total_bytes)},
                    {"swap_free_bytes", fact(memory.swap_free_bytes)},
                    {"transparent_huge_pages", fact(memory.transparent_huge_pages)},
                    {"huge_page_bytes", fact(memory.huge_page_bytes)},
                    {"huge_pages_free", fact(memory.huge_pages_free)}};
  json["limits"] = ordered_json::array();
  for (const MemoryLimit& limit : memory.limits) {
    json["limits"].push_back({{"kind", limit.kind},
                              {"bytes", limit.bytes},
                              {"available_bytes", limit.available_bytes},
                              {"source", limit.source}});
  }
  return json;
}

ordered_json sensors_json(const GpuSensors& sensors) {
  return {{"temperature_c", fact(sensors.temperature_c)},
          {"power_w", fact(sensors.power_w)},
          {"power_limit_w", fact(sensors.power_limit_w)},
          {"clock_mhz", fact(sensors.clock_mhz)}};
}

ordered_json vulkan_json(const Fact<std::vector<VulkanDevice>>& vulkan) {
  if (!vulkan.known()) return {{"absent", vulkan.reason}};
  ordered_json rows = ordered_json::array();
  for (const VulkanDevice& device : *vulkan.value) {
    ordered_json heaps = ordered_json::array();
    for (const VulkanHeap& heap : device.heaps) {
      heaps.push_back({{"bytes", heap.bytes}, {"device_local", heap.device_local}});
      if (heap.free_bytes) heaps.back()["free_bytes"] = *heap.free_bytes;
    }
    rows.push_back({{"id", device.id},
                    {"name", device.name},
                    {"driver", device.driver},
                    {"driver_version", device.driver_version},
                    {"type", device.type},
                    {"api_version", device.api_version},
                    {"software", device.software},
                    {"unified", device.unified},
                    {"vendor_id", device.vendor_id},
                    {"device_id", device.device_id},
                    {"pci", device.pci},
                    {"heaps", heaps},
                    {"memory_total_bytes", fact(device.memory_total_bytes)},
                    {"memory_free_bytes", fact(device.memory_free_bytes)},
                    {"memory_free_source", device.memory_free_bytes.source},
                    {"max_storage_buffer_range", device.max_storage_buffer_range},
                    {"max_allocation_bytes", device.max_allocation_bytes},
                    {"max_allocations", device.max_allocations},
                    {"subgroup_size", device.subgroup_size},
                    {"max_group_threads", device.max_group_threads},
                    {"max_shared_bytes", device.max_shared_bytes},
                    {"float16", device.float16},
                    {"int8", device.int8},
                    {"storage16", device.storage16},
                    {"integer_dot", device.integer_dot},
                    {"integer_dot_accelerated", device.integer_dot_accelerated},
                    {"cooperative_matrix", device.cooperative_matrix},
                    {"cooperative_matrices", device.cooperative_matrices},
                    {"min_subgroup_size", device.min_subgroup_size},
                    {"max_subgroup_size", device.max_subgroup_size},
                    {"max_buffer_bytes", device.max_buffer_bytes},
                    {"storage8", device.storage8},
                    {"conformant", device.conformant},
                    {"render_node", device.render_node},
                    {"driver_manifest", device.driver_manifest},
                    {"also_through", device.also_through},
                    {"sensors", sensors_json(device.sensors)}});
  }
  return rows;
}

ordered_json without_vulkan_json(const std::vector<GpuWithoutVulkan>& gpus) {
  ordered_json rows = ordered_json::array();
  for (const GpuWithoutVulkan& gpu : gpus) {
    rows.push_back({{"name", gpu.name},
                    {"pci", gpu.pci},
                    {"vendor_id", gpu.vendor_id},
                    {"device_id", gpu.device_id},
                    {"kernel_driver", gpu.kernel_driver},
                    {"reason", gpu.reason},
                    {"memory_total_bytes", fact(gpu.memory_total_bytes)},
                    {"memory_free_bytes", fact(gpu.memory_free_bytes)},
                    {"sensors", sensors_json(gpu.sensors)}});
  }
  return rows;
}

}  // namespace

std::string machine_json(const Machine& machine, int indent) {
  const Platform& platform = machine.platform;
  const Storage& storage = machine.storage;
  const ordered_json json{{"id", machine.id},
                          {"label", machine.label},
                          {"platform",
                           {{"board", fact(platform.board)},
                            {"system", fact(platform.system)},
                            {"kernel", fact(platform.kernel)},
                            {"virtualization", fact(platform.virtualization)},
                            {"power", fact(platform.power)}}},
                          {"cpu", cpu_json(machine.cpu)},
                          {"topology", topology_json(machine.topology)},
                          {"memory", memory_json(machine.memory)},
                          {"storage",
                           {{"where", storage.where},
                            {"filesystem", fact(storage.filesystem)},
                            {"total_bytes", fact(storage.total_bytes)},
                            {"free_bytes", fact(storage.free_bytes)},
                            {"read_bytes_per_s", fact(storage.read_bytes_per_s)}}},
                          {"vulkan", vulkan_json(machine.vulkan)},
                          {"gpus_without_vulkan", without_vulkan_json(machine.gpus_without_vulkan)},
                          {"remarks", machine.remarks},
                          {"warnings", machine.warnings}};
  // Firmware strings need not be UTF-8.
  return json.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace weighin
