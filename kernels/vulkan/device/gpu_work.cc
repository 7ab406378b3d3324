// What a GPU does: shaders compiled, work recorded, submitted and timed.
#include <fmt/format.h>

#include <chrono>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

#include "kernels/vulkan/device/gpu_state.h"
#include "kernels/vulkan/device/khr_matrices.h"

namespace weighin {

// Made by cmake/shaders.cmake: (file, SPIR-V).
std::span<const std::pair<std::string_view, std::string_view>> shader_binaries();

namespace {

/// A submission of kernels that all take milliseconds: what takes longer than this has hung.
constexpr std::chrono::nanoseconds patience = std::chrono::seconds(30);

constexpr std::string_view binary_ending = ".spv";

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

/// Everything before is done and seen by everything after on the GPU; at the end also by the CPU, which costs
/// more.
void wait_for_all(const vk::raii::CommandBuffer& commands, bool at_end = false) {
  using Stage = vk::PipelineStageFlagBits;
  using Access = vk::AccessFlagBits;
  vk::PipelineStageFlags after = Stage::eComputeShader | Stage::eTransfer;
  if (at_end) after |= Stage::eHost;
  vk::AccessFlags seen =
      Access::eShaderRead | Access::eShaderWrite | Access::eTransferRead | Access::eTransferWrite;
  if (at_end) seen |= Access::eHostRead;
  const vk::MemoryBarrier all(Access::eShaderWrite | Access::eTransferWrite, seen);
  commands.pipelineBarrier(Stage::eComputeShader | Stage::eTransfer, after, {}, all, {}, {});
}

/// Which steps share a descriptor set: those of one pipeline with the same buffers.
using SetKey = std::pair<const GpuPipeline*, std::vector<const GpuBuffer*>>;
using Sets = std::map<SetKey, vk::DescriptorSet>;

Sets make_sets(const vk::raii::Device& device, GpuWork::State& work, std::span<const GpuStep> warming,
               std::span<const GpuStep> timed) {
  Sets sets;
  uint32_t buffers = 0;
  for (const auto steps : {warming, timed})
    for (const GpuStep& step : steps)
      if (step.pipeline && sets.try_emplace({step.pipeline, step.buffers}).second)
        buffers += static_cast<uint32_t>(step.buffers.size());
  if (buffers == 0) return sets;  // nothing but copies, or shaders without buffers
  const vk::DescriptorPoolSize size(vk::DescriptorType::eStorageBuffer, buffers);
  work.descriptors = {device, vk::DescriptorPoolCreateInfo({}, static_cast<uint32_t>(sets.size()), size)};
  for (auto& [key, set] : sets) {
    const auto made =
        (*device).allocateDescriptorSets({*work.descriptors, *key.first->sets}, *device.getDispatcher());
    set = made.front();
    std::vector<vk::DescriptorBufferInfo> infos;
    for (const GpuBuffer* buffer : key.second) infos.emplace_back(*buffer->state().buffer, 0, VK_WHOLE_SIZE);
    if (infos.empty()) continue;
    const vk::WriteDescriptorSet write(set, 0, 0, vk::DescriptorType::eStorageBuffer, {}, infos);
    device.updateDescriptorSets(write, {});
  }
  return sets;
}

void record_step(const vk::raii::CommandBuffer& commands, const GpuStep& step, const Sets& sets) {
  if (step.filled_with) {
    commands.fillBuffer(*step.buffers.at(0)->state().buffer, 0, VK_WHOLE_SIZE, *step.filled_with);
  } else if (!step.pipeline) {
    const vk::BufferCopy region(step.copied_from, step.copied_to, step.copied_bytes);
    commands.copyBuffer(*step.buffers.at(0)->state().buffer, *step.buffers.at(1)->state().buffer, region);
  } else {
    const vk::PipelineLayout layout = *step.pipeline->layout;
    commands.bindPipeline(vk::PipelineBindPoint::eCompute, *step.pipeline->pipeline);
    if (!step.buffers.empty())
      commands.bindDescriptorSets(vk::PipelineBindPoint::eCompute, layout, 0,
                                  sets.at({step.pipeline, step.buffers}), {});
    if (!step.arguments.empty())
      commands.pushConstants<uint32_t>(layout, vk::ShaderStageFlagBits::eCompute, 0, step.arguments);
    commands.dispatch(step.groups[0], step.groups[1], step.groups[2]);
  }
  wait_for_all(commands);
}

}  // namespace

GpuWork::GpuWork() : state_(std::make_unique<State>()) {}
GpuWork::~GpuWork() = default;
GpuWork::GpuWork(GpuWork&&) noexcept = default;
GpuWork& GpuWork::operator=(GpuWork&&) noexcept = default;

std::optional<std::vector<uint32_t>> shader_words(const std::string& name) {
  for (const auto& [file, bytes] : shader_binaries()) {
    if (file.substr(0, file.size() - binary_ending.size()) != name) continue;
    std::vector<uint32_t> words(bytes.size() / sizeof(uint32_t));
    std::memcpy(words.data(), bytes.data(), words.size() * sizeof(uint32_t));
    return words;
  }
  return std::nullopt;
}

std::vector<std::string_view> shader_names() {
  std::vector<std::string_view> names;
  for (const auto& [file, bytes] : shader_binaries())
    names.push_back(file.substr(0, file.size() - binary_ending.size()));
  return names;
}

tl::expected<const GpuPipeline*, std::string> Gpu::pipeline(const GpuShader& shader) {
  State& s = *state_;
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
    return tl::unexpected(fmt::format("the shader {} could not be made ready: {}", shader.name, said(error)));
  }
}

tl::expected<GpuWork, std::string> Gpu::record(std::span<const GpuStep> warming,
                                               std::span<const GpuStep> timed) {
  State& s = *state_;
  if (!s.failure.empty()) return tl::unexpected(s.failure);
  try {
    GpuWork work;
    GpuWork::State& w = *work.state_;
    const Sets sets = make_sets(s.device, w, warming, timed);
    const bool clock = s.facts.clock_period_s > 0;
    if (clock) w.times = {s.device, vk::QueryPoolCreateInfo({}, vk::QueryType::eTimestamp, 2)};
    w.commands = std::move(
        vk::raii::CommandBuffers(s.device, {*s.commands, vk::CommandBufferLevel::ePrimary, 1}).front());
    w.commands.begin({});
    wait_for_all(w.commands);  // what earlier work wrote
    if (clock) w.commands.resetQueryPool(*w.times, 0, 2);
    for (const GpuStep& step : warming) record_step(w.commands, step, sets);
    if (clock) w.commands.writeTimestamp(vk::PipelineStageFlagBits::eBottomOfPipe, *w.times, 0);
    for (const GpuStep& step : timed) record_step(w.commands, step, sets);
    if (clock) w.commands.writeTimestamp(vk::PipelineStageFlagBits::eBottomOfPipe, *w.times, 1);
    wait_for_all(w.commands, true);
    w.commands.end();
    w.done = {s.device, vk::FenceCreateInfo()};
    return work;
  } catch (const std::exception& error) {
    return tl::unexpected(fmt::format("the GPU's work could not be recorded: {}", said(error)));
  }
}

double Gpu::run(GpuWork& work) noexcept {
  State& s = *state_;
  if (!s.failure.empty()) return -1;
  try {
    GpuWork::State& w = *work.state_;
    const auto begin = std::chrono::steady_clock::now();
    s.queue.submit(vk::SubmitInfo({}, {}, *w.commands), *w.done);
    const vk::Result waited = s.device.waitForFences(*w.done, VK_TRUE, patience.count());
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
    if (waited == vk::Result::eTimeout) {
      s.failure = fmt::format("the GPU did not finish within {} s", patience / std::chrono::seconds(1));
      return -1;
    }
    s.device.resetFences(*w.done);
    if (s.facts.clock_period_s <= 0) return passed.count();
    const auto [result, times] =
        w.times.getResults<uint64_t>(0, 2, 2 * sizeof(uint64_t), sizeof(uint64_t),
                                     vk::QueryResultFlagBits::e64 | vk::QueryResultFlagBits::eWait);
    return static_cast<double>((times[1] - times[0]) & s.clock_mask) * s.facts.clock_period_s;
  } catch (const std::exception& error) {
    s.failure = fmt::format("the GPU failed: {}", said(error));
    return -1;
  }
}

double Gpu::since_timed_s() const {
  if (!state_->timed) return std::numeric_limits<double>::infinity();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - *state_->timed).count();
}

void Gpu::was_timed() {
  state_->timed = std::chrono::steady_clock::now();
}

tl::expected<void, std::string> Gpu::run_once(const GpuStep& step) {
  auto work = record({}, {&step, 1});
  if (!work) return tl::unexpected(work.error());
  if (run(*work) < 0) return tl::unexpected(failure());
  return {};
}

}  // namespace weighin
