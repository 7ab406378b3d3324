#include "kernels/vulkan/device/gpu_work.h"

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <utility>

#include "kernels/vulkan/device/gpu_state.h"
#include "kernels/vulkan/device/instance.h"

namespace weighin {
namespace {

/// How long a submission may take before it counts as hung: the kernels in it take milliseconds.
constexpr std::chrono::nanoseconds patience = std::chrono::seconds(30);

/// A barrier: everything before it is done, and everything after it on the GPU sees it. At the end the CPU
/// sees it too, which costs more.
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

/// Steps share a descriptor set if they have the same pipeline and the same buffers.
using SetKey = std::pair<const GpuPipeline*, std::vector<const GpuBuffer*>>;
using DescriptorSets = std::map<SetKey, vk::DescriptorSet>;

DescriptorSets make_sets(const vk::raii::Device& device, GpuWork::State& work,
                         std::span<const GpuStep> warming, std::span<const GpuStep> timed) {
  DescriptorSets sets;
  uint32_t buffers = 0;
  for (const auto steps : {warming, timed})
    for (const GpuStep& step : steps)
      if (step.pipeline && sets.try_emplace({step.pipeline, step.buffers}).second)
        buffers += static_cast<uint32_t>(step.buffers.size());
  if (buffers == 0) return sets;  // there are only copies, or shaders without buffers
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

void record_step(const vk::raii::CommandBuffer& commands, const GpuStep& step, const DescriptorSets& sets) {
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

GpuWork::GpuWork(std::unique_ptr<State> state) : state_(std::move(state)) {}
GpuWork::~GpuWork() = default;
GpuWork::GpuWork(GpuWork&&) noexcept = default;
GpuWork& GpuWork::operator=(GpuWork&&) noexcept = default;

tl::expected<GpuWork, std::string> record_work(Gpu& gpu, std::span<const GpuStep> warming,
                                               std::span<const GpuStep> timed) {
  Gpu::State& s = gpu.state();
  if (!s.failure.empty()) return tl::unexpected(s.failure);
  try {
    auto state = std::make_unique<GpuWork::State>();
    GpuWork::State& w = *state;
    const DescriptorSets sets = make_sets(s.device, w, warming, timed);
    const bool clock = s.facts.clock_period_s > 0;
    if (clock) w.times = {s.device, vk::QueryPoolCreateInfo({}, vk::QueryType::eTimestamp, 2)};
    w.commands = std::move(
        vk::raii::CommandBuffers(s.device, {*s.commands, vk::CommandBufferLevel::ePrimary, 1}).front());
    w.commands.begin({});
    wait_for_all(w.commands);  // for what earlier work wrote
    if (clock) w.commands.resetQueryPool(*w.times, 0, 2);
    for (const GpuStep& step : warming) record_step(w.commands, step, sets);
    if (clock) w.commands.writeTimestamp(vk::PipelineStageFlagBits::eBottomOfPipe, *w.times, 0);
    for (const GpuStep& step : timed) record_step(w.commands, step, sets);
    if (clock) w.commands.writeTimestamp(vk::PipelineStageFlagBits::eBottomOfPipe, *w.times, 1);
    wait_for_all(w.commands, true);
    w.commands.end();
    w.done = {s.device, vk::FenceCreateInfo()};
    return GpuWork(std::move(state));
  } catch (const std::exception& error) {
    return tl::unexpected(fmt::format("the GPU's work could not be recorded: {}", vulkan_error(error)));
  }
}

double run_work(Gpu& gpu, GpuWork& work) noexcept {
  Gpu::State& s = gpu.state();
  if (!s.failure.empty()) return -1;
  try {
    GpuWork::State& w = work.state();
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
    s.failure = fmt::format("the GPU failed: {}", vulkan_error(error));
    return -1;
  }
}

tl::expected<void, std::string> run_step(Gpu& gpu, const GpuStep& step) {
  auto work = record_work(gpu, {}, {&step, 1});
  if (!work) return tl::unexpected(work.error());
  if (run_work(gpu, *work) < 0) return tl::unexpected(gpu.failure());
  return {};
}

}  // namespace weighin
