// The shapes of a GPU's matrix units in words, for the child process that loads drivers.
#pragma once

#include <string>
#include <vector>

#include "probes/vulkan_describe.h"

namespace weighin {

/// "16x16x16 f16 x f16 + f32" for M, N, K and the types of A, B and of what is summed, each once: those that
/// a subgroup multiplies, of VK_KHR_cooperative_matrix or else of NVIDIA's older extension. Empty where the
/// driver has neither.
std::vector<std::string> cooperative_matrices(const VulkanInstance& instance, VkPhysicalDevice device,
                                              bool khr, bool nv);

}  // namespace weighin
