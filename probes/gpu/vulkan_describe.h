// One Vulkan device in words, for the child process that loads drivers.
#pragma once

#include <nlohmann/json.hpp>

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan.h>

namespace weighin {

/// An instance of a loader that was opened at run time.
struct VulkanInstance {
  VkInstance handle = VK_NULL_HANDLE;
  PFN_vkGetInstanceProcAddr get = nullptr;

  template <class Function>
  Function function(const char* name) const {
    return reinterpret_cast<Function>(get(handle, name));
  }
};

/// What devices_from_json (probes/gpu/vulkan_json.h) reads of one device.
nlohmann::json describe_vulkan_device(const VulkanInstance& instance, VkPhysicalDevice device);

}  // namespace weighin
