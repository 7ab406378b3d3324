// What a GPU does: steps that are recorded once, then run any number of times and timed by the GPU's own
// clock.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "kernels/vulkan/device/gpu.h"
#include "kernels/vulkan/device/gpu_buffer.h"
#include "kernels/vulkan/device/gpu_pipeline.h"

namespace weighin {

/// One step of recorded work: a shader, a copy or a fill. Each step waits for the one before.
struct GpuStep {
  const GpuPipeline* pipeline = nullptr;  // nullptr: a fill or a copy
  std::vector<const GpuBuffer*>
      buffers{};  // a shader's bindings 0, 1, ...; a fill's buffer; a copy's source and target
  std::vector<uint32_t> arguments{};        // push constants, words
  std::array<uint32_t, 3> groups{1, 1, 1};  // workgroups
  uint64_t copied_bytes = 0, copied_from = 0, copied_to = 0;
  std::optional<uint32_t> filled_with{};  // every word of the buffer
};

/// Steps recorded into a command buffer. The buffers that they use must outlive it.
class GpuWork {
 public:
  struct State;  // gpu_state.h

  explicit GpuWork(std::unique_ptr<State> state);
  ~GpuWork();
  GpuWork(GpuWork&&) noexcept;
  GpuWork& operator=(GpuWork&&) noexcept;

  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// Records `timed` after `warming`, which brings the GPU's clock up. Error: what the driver refused.
tl::expected<GpuWork, std::string> record_work(Gpu& gpu, std::span<const GpuStep> warming,
                                               std::span<const GpuStep> timed);

/// Runs `work` and waits. Returns the seconds of the timed steps by the GPU's clock, or, if it has none, of
/// all steps by the CPU's. Negative where the GPU failed: Gpu::failure() then says how, and nothing more can
/// be run on it.
double run_work(Gpu& gpu, GpuWork& work) noexcept;

/// Records one step, runs it and waits. Error: what the driver refused, or how the GPU failed.
tl::expected<void, std::string> run_step(Gpu& gpu, const GpuStep& step);

}  // namespace weighin
