// The Vulkan objects behind Gpu, GpuBuffer, GpuPipeline and GpuWork. Only files of this folder include this
// header, since Vulkan's own take seconds to compile.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <vulkan/vulkan_raii.hpp>

#include "kernels/vulkan/device/gpu.h"
#include "kernels/vulkan/device/gpu_buffer.h"
#include "kernels/vulkan/device/gpu_pipeline.h"
#include "kernels/vulkan/device/gpu_work.h"

namespace weighin {

struct GpuPipeline {
  GpuShader shader;
  vk::raii::DescriptorSetLayout sets = nullptr;
  vk::raii::PipelineLayout layout = nullptr;
  vk::raii::Pipeline pipeline = nullptr;
};

struct GpuBuffer::State {
  vk::raii::DeviceMemory memory = nullptr;
  vk::raii::Buffer buffer = nullptr;  // destroyed before its memory
};

struct GpuWork::State {
  vk::raii::DescriptorPool descriptors = nullptr;
  std::vector<vk::raii::DescriptorSet> sets;  // freed with their pool
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
  uint64_t clock_mask = 0;  // the bits of the clock that are valid
  GpuBuffer staging_up, staging_down;
  std::optional<std::chrono::steady_clock::time_point> timed;
  std::string failure;
};

}  // namespace weighin
