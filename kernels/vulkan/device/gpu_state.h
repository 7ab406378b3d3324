// What stands behind gpu.h. Only the files of this folder that speak Vulkan include it: its headers take
// seconds.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <vulkan/vulkan_raii.hpp>

#include "kernels/vulkan/device/gpu.h"

namespace weighin {

struct GpuPipeline {
  GpuShader shader;
  vk::raii::DescriptorSetLayout sets = nullptr;
  vk::raii::PipelineLayout layout = nullptr;
  vk::raii::Pipeline pipeline = nullptr;
};

struct GpuBuffer::State {
  vk::raii::DeviceMemory memory = nullptr;
  vk::raii::Buffer buffer = nullptr;  // before its memory goes
};

struct GpuWork::State {
  vk::raii::DescriptorPool descriptors = nullptr;
  std::vector<vk::raii::DescriptorSet> sets;  // given back with their pool
  vk::raii::QueryPool times = nullptr;
  vk::raii::CommandBuffer commands = nullptr;
  vk::raii::Fence done = nullptr;
};

struct Gpu::State {
  vk::raii::Context context;
  std::vector<std::string> complaints;
  vk::raii::Instance instance = nullptr;
  vk::raii::DebugUtilsMessengerEXT messenger = nullptr;
  vk::raii::PhysicalDevice physical = nullptr;
  vk::raii::Device device = nullptr;
  vk::raii::Queue queue = nullptr;
  vk::raii::CommandPool commands = nullptr;
  std::map<GpuShader, std::unique_ptr<GpuPipeline>> pipelines;
  GpuFacts facts;
  uint64_t clock_mask = 0;  // bits of the clock that count
  GpuBuffer staging_up, staging_down;
  std::optional<std::chrono::steady_clock::time_point> timed;
  std::string failure;
};

/// The loader's instance, of the newest version that both it and this program know. Throws vk::Error and
/// std::runtime_error (no loader).
vk::raii::Instance make_instance(vk::raii::Context& context, bool validate);

/// What `device` can do, and whether it has what every kernel needs. Throws vk::Error.
GpuFacts facts_of(const vk::raii::Instance& instance, const vk::raii::PhysicalDevice& device);

/// Of a queue that computes and, where any does, can be timed. Throws std::runtime_error: there is none.
uint32_t compute_family(const vk::raii::PhysicalDevice& device);

/// Newer than the headers of Debian 12.
inline constexpr const char* khr_cooperative_matrix = "VK_KHR_cooperative_matrix";

bool has_extension(const vk::raii::PhysicalDevice& device, std::string_view name);

/// Sentences for what Vulkan threw: "the GPU's memory is used up", "the device was lost".
std::string said(const std::exception& error);

}  // namespace weighin
