#include "probes/gpu/vulkan_json.h"

#include <nlohmann/json.hpp>

#include "probes/machine/vulkan_device_json.h"

namespace weighin {

namespace {

using nlohmann::json;
constexpr const char* source = "the Vulkan loader, in a child process";

Fact<std::vector<VulkanDevice>> none(std::string reason) {
  return absent<std::vector<VulkanDevice>>(std::move(reason), source);
}

/// An answer that cannot be read counts as a failure, which may be that of one driver.
ChildAnswer unreadable(std::string reason) {
  return {none(std::move(reason)), false};
}

/// The child reads memory from the heaps and from the extension that reports budgets.
VulkanDevice device_from(const json& row) {
  VulkanDevice device = vulkan_device_from_json(row);
  if (device.type.empty()) device.type = "other";
  device.memory_total_bytes.source = "the Vulkan heaps";
  device.memory_free_bytes.source = "VK_EXT_memory_budget";
  return device;
}

}  // namespace

ChildAnswer devices_from_json(const std::string& text) {
  const json answer = json::parse(text, nullptr, false);
  if (!answer.is_object()) return unreadable("the Vulkan child process gave no readable answer");
  if (answer.contains("absent") && answer["absent"].is_string())
    return {none(answer["absent"].get<std::string>()), true};
  if (!answer.contains("devices") || !answer["devices"].is_array()) {
    return unreadable("the Vulkan child process listed no devices");
  }
  std::vector<VulkanDevice> devices;
  try {
    for (const json& row : answer["devices"]) devices.push_back(device_from(row));
  } catch (const json::exception&) {
    return unreadable("the Vulkan child process gave an answer of the wrong shape");
  }
  if (devices.empty()) return {none("the Vulkan loader found no device"), true};
  return {known(std::move(devices), source), true};
}

}  // namespace weighin
