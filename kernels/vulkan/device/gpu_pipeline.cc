#include "kernels/vulkan/device/gpu_pipeline.h"

#include <fmt/format.h>

#include "kernels/vulkan/device/gpu_state.h"
#include "kernels/vulkan/device/instance.h"
#include "kernels/vulkan/device/khr_matrices.h"
#include "kernels/vulkan/device/shaders.h"

namespace weighin {
namespace {

vk::raii::Pipeline compile(const vk::raii::Device& device, const GpuShader& shader,
                           const vk::PipelineLayout& layout, const GpuFacts& facts) {
  const auto compiled = shader_words(shader.name);
  if (!compiled) throw std::runtime_error("there is no such shader");
  std::vector<uint32_t> words = *compiled;
  if (facts.matrix_units.khr) words = with_khr_matrices(words);
  const vk::raii::ShaderModule module(device, vk::ShaderModuleCreateInfo({}, words));
  std::vector<vk::SpecializationMapEntry> entries;
  for (uint32_t i = 0; i < shader.constants.size(); ++i) entries.emplace_back(i, 4 * i, 4);
  const vk::SpecializationInfo constants(static_cast<uint32_t>(entries.size()), entries.data(),
                                         shader.constants.size() * 4, shader.constants.data());
  vk::PipelineShaderStageCreateInfo stage({}, vk::ShaderStageFlagBits::eCompute, *module, "main", &constants);
  const vk::PipelineShaderStageRequiredSubgroupSizeCreateInfo size(facts.subgroup_size);
  if (shader.full_subgroups) {
    stage.flags = vk::PipelineShaderStageCreateFlagBits::eRequireFullSubgroups;
    stage.pNext = &size;
  }
  return {device, nullptr, vk::ComputePipelineCreateInfo({}, stage, layout)};
}

}  // namespace

tl::expected<const GpuPipeline*, std::string> pipeline_of(Gpu& gpu, const GpuShader& shader) {
  Gpu::State& s = gpu.state();
  const auto found = s.pipelines.find(shader);
  if (found != s.pipelines.end()) return found->second.get();
  try {
    auto made = std::make_unique<GpuPipeline>();
    made->shader = shader;
    std::vector<vk::DescriptorSetLayoutBinding> bindings;
    for (uint32_t i = 0; i < shader.buffers; ++i)
      bindings.emplace_back(i, vk::DescriptorType::eStorageBuffer, 1, vk::ShaderStageFlagBits::eCompute);
    made->sets = {s.device, vk::DescriptorSetLayoutCreateInfo({}, bindings)};
    std::vector<vk::PushConstantRange> arguments;
    if (shader.arguments) arguments.emplace_back(vk::ShaderStageFlagBits::eCompute, 0, 4 * shader.arguments);
    made->layout = {s.device, vk::PipelineLayoutCreateInfo({}, *made->sets, arguments)};
    made->pipeline = compile(s.device, shader, *made->layout, s.facts);
    return s.pipelines.emplace(shader, std::move(made)).first->second.get();
  } catch (const std::exception& error) {
    return tl::unexpected(
        fmt::format("the shader {} could not be made ready: {}", shader.name, vulkan_error(error)));
  }
}

}  // namespace weighin
