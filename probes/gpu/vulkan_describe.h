// What Vulkan says about one device, for the child process that loads drivers.
#pragma once

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan.h>

#include "probes/machine/gpu.h"

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

/// Fills the fields that a driver knows (FilledBy::driver). A number that the driver does not report is 0.
VulkanDevice describe_vulkan_device(const VulkanInstance& instance, VkPhysicalDevice device);

}  // namespace weighin
