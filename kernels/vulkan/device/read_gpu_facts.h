// Reading what a GPU can do from its driver.
#pragma once

#include <string_view>
#include <vulkan/vulkan_raii.hpp>

#include "kernels/vulkan/device/gpu_facts.h"

namespace weighin {

/// Throws vk::Error.
GpuFacts read_gpu_facts(const vk::raii::Instance& instance, const vk::raii::PhysicalDevice& device);

/// The index of a family of queues that compute and, where any does, can be timed. Throws std::runtime_error:
/// there is none.
uint32_t compute_family(const vk::raii::PhysicalDevice& device);

/// An extension's name, which is newer than the headers of Debian 12.
inline constexpr const char* khr_cooperative_matrix = "VK_KHR_cooperative_matrix";

bool has_extension(const vk::raii::PhysicalDevice& device, std::string_view name);

}  // namespace weighin
