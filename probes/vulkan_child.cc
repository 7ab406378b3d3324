#include <dlfcn.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan.h>

#include "probes/vulkan.h"

namespace weighin {

namespace {

using nlohmann::json;

std::string absent_json(const std::string& reason) {
  return json{{"absent", reason}}.dump();
}

const char* type_name(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
      return "integrated";
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return "discrete";
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
      return "virtual";
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
      return "cpu";
    default:
      return "other";
  }
}

std::string version_text(uint32_t version) {
  return std::to_string(VK_API_VERSION_MAJOR(version)) + "." + std::to_string(VK_API_VERSION_MINOR(version)) +
         "." + std::to_string(VK_API_VERSION_PATCH(version));
}

struct Instance {
  VkInstance handle = VK_NULL_HANDLE;
  PFN_vkGetInstanceProcAddr get = nullptr;

  template <class Function>
  Function function(const char* name) const {
    return reinterpret_cast<Function>(get(handle, name));
  }
};

void add_memory(const Instance& instance, VkPhysicalDevice device, VkPhysicalDeviceType type, json& row) {
  const auto memory_of =
      instance.function<PFN_vkGetPhysicalDeviceMemoryProperties>("vkGetPhysicalDeviceMemoryProperties");
  VkPhysicalDeviceMemoryProperties memory{};
  memory_of(device, &memory);
  bool all_local = memory.memoryHeapCount > 0;
  row["heaps"] = json::array();
  for (uint32_t i = 0; i < std::min<uint32_t>(memory.memoryHeapCount, VK_MAX_MEMORY_HEAPS); ++i) {
    const bool local = (memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) != 0;
    all_local = all_local && local;
    row["heaps"].push_back({{"bytes", memory.memoryHeaps[i].size}, {"device_local", local}});
  }
  row["unified"] =
      type == VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU || type == VK_PHYSICAL_DEVICE_TYPE_CPU || all_local;
}

// Driver name (Vulkan 1.2) and the largest allocation (1.1), where the device is new enough to be asked.
void add_newer_facts(const Instance& instance, VkPhysicalDevice device, uint32_t api, json& row) {
  const auto properties2_of =
      instance.function<PFN_vkGetPhysicalDeviceProperties2>("vkGetPhysicalDeviceProperties2");
  if (properties2_of == nullptr || api < VK_API_VERSION_1_1) return;
  VkPhysicalDeviceDriverProperties driver{};
  driver.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES;
  VkPhysicalDeviceMaintenance3Properties allocation{};
  allocation.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES;
  if (api >= VK_API_VERSION_1_2) allocation.pNext = &driver;
  VkPhysicalDeviceProperties2 all{};
  all.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
  all.pNext = &allocation;
  properties2_of(device, &all);
  row["max_allocation_bytes"] = allocation.maxMemoryAllocationSize;
  if (driver.driverName[0] == '\0') return;
  row["driver"] = std::string(driver.driverName) + " " + driver.driverInfo;
}

json describe(const Instance& instance, VkPhysicalDevice device) {
  const auto properties_of =
      instance.function<PFN_vkGetPhysicalDeviceProperties>("vkGetPhysicalDeviceProperties");
  VkPhysicalDeviceProperties properties{};
  properties_of(device, &properties);
  json row{{"name", properties.deviceName},
           {"driver", "driver version " + std::to_string(properties.driverVersion)},
           {"type", type_name(properties.deviceType)},
           {"api_version", version_text(properties.apiVersion)},
           {"software", properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU ||
                            std::strncmp(properties.deviceName, "llvmpipe", 8) == 0},
           {"max_storage_buffer_range", properties.limits.maxStorageBufferRange},
           {"max_allocation_bytes", 0}};
  add_memory(instance, device, properties.deviceType, row);
  add_newer_facts(instance, device, properties.apiVersion, row);
  return row;
}

}  // namespace

std::string vulkan_devices_json() {
  // Never unloaded: drivers leave threads and exit handlers behind.
  void* library = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return absent_json("no Vulkan loader (libvulkan.so.1) is installed");
  Instance instance;
  instance.get = reinterpret_cast<PFN_vkGetInstanceProcAddr>(dlsym(library, "vkGetInstanceProcAddr"));
  if (instance.get == nullptr) return absent_json("libvulkan.so.1 is no Vulkan loader");
  const auto create = instance.function<PFN_vkCreateInstance>("vkCreateInstance");
  if (create == nullptr) return absent_json("the Vulkan loader cannot create an instance");
  VkApplicationInfo application{};
  application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
  application.pApplicationName = "weighin";
  // A 1.0 loader has no vkEnumerateInstanceVersion and refuses newer versions.
  const bool newer = instance.get(VK_NULL_HANDLE, "vkEnumerateInstanceVersion") != nullptr;
  application.apiVersion = newer ? VK_API_VERSION_1_2 : VK_API_VERSION_1_0;
  VkInstanceCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
  info.pApplicationInfo = &application;
  if (const VkResult result = create(&info, nullptr, &instance.handle); result != VK_SUCCESS) {
    return absent_json(result == VK_ERROR_INCOMPATIBLE_DRIVER
                           ? "no Vulkan driver is installed"
                           : "the Vulkan loader could not start (VkResult " + std::to_string(result) + ")");
  }
  const auto enumerate = instance.function<PFN_vkEnumeratePhysicalDevices>("vkEnumeratePhysicalDevices");
  uint32_t count = 0;
  if (enumerate(instance.handle, &count, nullptr) != VK_SUCCESS) count = 0;
  std::vector<VkPhysicalDevice> devices(count);
  if (count > 0 && enumerate(instance.handle, &count, devices.data()) < 0) count = 0;
  devices.resize(count);
  json rows = json::array();
  for (VkPhysicalDevice device : devices) rows.push_back(describe(instance, device));
  return json{{"devices", rows}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace weighin
