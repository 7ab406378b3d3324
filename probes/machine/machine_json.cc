#include "probes/machine/machine_json.h"

#include <nlohmann/json.hpp>

#include "probes/machine/fact_json.h"
#include "probes/machine/vulkan_device_json.h"

namespace weighin {

namespace {

using nlohmann::ordered_json;

ordered_json cpu_json(const Cpu& cpu) {
  ordered_json simd;
  if (cpu.simd.known())
    simd = cpu.simd.value->names();
  else
    simd = {{"absent", cpu.simd.reason}};
  return {{"architecture", cpu.architecture},
          {"name", fact_json(cpu.name)},
          {"simd", simd},
          {"governor", fact_json(cpu.governor)},
          {"mhz", fact_json(cpu.mhz)},
          {"max_mhz", fact_json(cpu.max_mhz)}};
}

ordered_json topology_json(const Topology& topology) {
  ordered_json json{{"sockets", fact_json(topology.sockets)},
                    {"cores", fact_json(topology.cores)},
                    {"threads", fact_json(topology.threads)},
                    {"usable_threads", fact_json(topology.usable_threads)},
                    {"last_level_cache_bytes", fact_json(topology.last_level_cache_bytes)}};
  json["core_kinds"] = ordered_json::array();
  for (const CoreKind& kind : topology.core_kinds) {
    json["core_kinds"].push_back({{"kind", kind.kind},
                                  {"cores", kind.cores},
                                  {"threads", kind.threads},
                                  {"max_mhz", fact_json(kind.max_mhz)}});
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
  ordered_json json{{"total_bytes", fact_json(memory.total_bytes)},
                    {"available_bytes", fact_json(memory.available_bytes)},
                    {"usable_bytes", usable.bytes},
                    {"usable_limit", usable.limit},
                    {"swap_total_bytes", fact_json(memory.swap_total_bytes)},
                    {"swap_free_bytes", fact_json(memory.swap_free_bytes)},
                    {"transparent_huge_pages", fact_json(memory.transparent_huge_pages)},
                    {"huge_page_bytes", fact_json(memory.huge_page_bytes)},
                    {"huge_pages_free", fact_json(memory.huge_pages_free)},
                    {"huge_pages_reserved_bytes", fact_json(memory.huge_pages_reserved_bytes)}};
  json["limits"] = ordered_json::array();
  for (const MemoryLimit& limit : memory.limits) {
    json["limits"].push_back({{"kind", limit.kind},
                              {"bytes", limit.bytes},
                              {"available_bytes", limit.available_bytes},
                              {"source", limit.source}});
  }
  return json;
}

ordered_json vulkan_json(const Fact<std::vector<VulkanDevice>>& vulkan) {
  if (!vulkan.known()) return {{"absent", vulkan.reason}};
  ordered_json rows = ordered_json::array();
  for (const VulkanDevice& device : *vulkan.value) rows.push_back(vulkan_device_json(device));
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
                    {"memory_total_bytes", fact_json(gpu.memory_total_bytes)},
                    {"memory_free_bytes", fact_json(gpu.memory_free_bytes)},
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
                           {{"board", fact_json(platform.board)},
                            {"system", fact_json(platform.system)},
                            {"kernel", fact_json(platform.kernel)},
                            {"virtualization", fact_json(platform.virtualization)},
                            {"power", fact_json(platform.power)}}},
                          {"cpu", cpu_json(machine.cpu)},
                          {"topology", topology_json(machine.topology)},
                          {"memory", memory_json(machine.memory)},
                          {"storage",
                           {{"where", storage.where},
                            {"filesystem", fact_json(storage.filesystem)},
                            {"total_bytes", fact_json(storage.total_bytes)},
                            {"free_bytes", fact_json(storage.free_bytes)},
                            {"read_bytes_per_s", fact_json(storage.read_bytes_per_s)}}},
                          {"vulkan", vulkan_json(machine.vulkan)},
                          {"gpus_without_vulkan", without_vulkan_json(machine.gpus_without_vulkan)},
                          {"remarks", machine.remarks},
                          {"warnings", machine.warnings}};
  // Strings from the firmware may not be UTF-8.
  return json.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace weighin
