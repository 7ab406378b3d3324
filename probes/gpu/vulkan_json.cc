#include "probes/gpu/vulkan_json.h"

#include <nlohmann/json.hpp>

namespace weighin {

namespace {

using nlohmann::json;
constexpr const char* source = "the Vulkan loader, in a child process";

Fact<std::vector<VulkanDevice>> none(std::string reason) {
  return absent<std::vector<VulkanDevice>>(std::move(reason), source);
}

/// Nonsense is a failure, which may be one driver's.
ChildAnswer nonsense(std::string reason) {
  return {none(std::move(reason)), false};
}

/// The child could read it, or says nothing of it.
Fact<uint64_t> bytes_in(const json& row, const char* name, const char* where, const char* reason) {
  return row.contains(name) ? known(row[name].get<uint64_t>(), where) : absent<uint64_t>(reason, where);
}

VulkanDevice device_from(const json& row) {
  VulkanDevice device;
  device.id = row.value("id", "");
  device.name = row.value("name", "");
  device.driver = row.value("driver", "");
  device.driver_version = row.value("driver_version", "");
  device.type = row.value("type", "other");
  device.api_version = row.value("api_version", "");
  device.software = row.value("software", false);
  device.unified = row.value("unified", false);
  for (const json& heap : row.value("heaps", json::array())) {
    device.heaps.push_back(
        {heap.value("bytes", uint64_t{0}), heap.value("device_local", false), std::nullopt});
    if (heap.contains("free_bytes")) device.heaps.back().free_bytes = heap["free_bytes"].get<uint64_t>();
  }
  device.memory_total_bytes =
      bytes_in(row, "memory_bytes", "the Vulkan heaps", "the driver shows no heap of its own");
  device.memory_free_bytes =
      bytes_in(row, "memory_free_bytes", "VK_EXT_memory_budget",
               "only the total is known: the driver does not say what is free (VK_EXT_memory_budget)");
  device.max_storage_buffer_range = row.value("max_storage_buffer_range", uint64_t{0});
  device.max_allocation_bytes = row.value("max_allocation_bytes", uint64_t{0});
  device.max_allocations = row.value("max_allocations", 0U);
  device.vendor_id = row.value("vendor_id", 0U);
  device.device_id = row.value("device_id", 0U);
  device.pci = row.value("pci", "");
  device.subgroup_size = row.value("subgroup_size", 0U);
  device.max_group_threads = row.value("max_group_threads", 0U);
  device.max_shared_bytes = row.value("max_shared_bytes", 0U);
  for (const auto& [name, flag] : {std::pair{"float16", &VulkanDevice::float16},
                                   {"int8", &VulkanDevice::int8},
                                   {"storage16", &VulkanDevice::storage16},
                                   {"integer_dot", &VulkanDevice::integer_dot},
                                   {"integer_dot_accelerated", &VulkanDevice::integer_dot_accelerated},
                                   {"cooperative_matrix", &VulkanDevice::cooperative_matrix},
                                   {"storage8", &VulkanDevice::storage8},
                                   {"conformant", &VulkanDevice::conformant}})
    device.*flag = row.value(name, false);
  device.cooperative_matrices = row.value("cooperative_matrices", std::vector<std::string>{});
  device.min_subgroup_size = row.value("min_subgroup_size", 0U);
  device.max_subgroup_size = row.value("max_subgroup_size", 0U);
  device.max_buffer_bytes = row.value("max_buffer_bytes", uint64_t{0});
  device.render_node = row.value("render_node", "");
  return device;
}

}  // namespace

ChildAnswer devices_from_json(const std::string& text) {
  const json answer = json::parse(text, nullptr, false);
  if (!answer.is_object()) return nonsense("the Vulkan child process gave no readable answer");
  if (answer.contains("absent") && answer["absent"].is_string())
    return {none(answer["absent"].get<std::string>()), true};
  if (!answer.contains("devices") || !answer["devices"].is_array()) {
    return nonsense("the Vulkan child process listed no devices");
  }
  std::vector<VulkanDevice> devices;
  try {
    for (const json& row : answer["devices"]) devices.push_back(device_from(row));
  } catch (const json::exception&) {
    return nonsense("the Vulkan child process gave an answer of the wrong shape");
  }
  if (devices.empty()) return {none("the Vulkan loader found no device"), true};
  return {known(std::move(devices), source), true};
}

}  // namespace weighin
