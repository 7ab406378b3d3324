// A GPU that is open through Vulkan. Vulkan's headers stay in the files of this folder. A driver may crash or
// hang, so only a child process opens a GPU (harness/gpu/).
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "kernels/vulkan/device/gpu_facts.h"

namespace weighin {

struct GpuOptions {
  /// Of several drivers that show the GPU, the one of this name (GpuFacts::driver); the loader's first where
  /// none has it.
  std::string driver{};
  /// Loads the validation layers, with synchronization validation. What they complain of is in
  /// Gpu::complaints().
  bool validate = false;
};

/// One GPU with its queue and its compiled shaders. One thread uses it.
class Gpu {
 public:
  struct State;  // gpu_state.h

  /// Opens the GPU with this id. Error: there is no loader or no such GPU, or what the driver refused.
  static tl::expected<std::unique_ptr<Gpu>, std::string> open(const std::string& id,
                                                              const GpuOptions& options = {});
  ~Gpu();

  const GpuFacts& facts() const;

  /// How the GPU failed; empty while it works. After a failure nothing can be run on it.
  const std::string& failure() const;

  /// Seconds since was_timed() was called last: while the GPU waits, its clock falls. Infinite before the
  /// first call.
  double since_timed_s() const;
  void was_timed();

  /// What validation layers said since the GPU was opened.
  const std::vector<std::string>& complaints() const;

  /// For the files of this folder.
  State& state() { return *state_; }

 private:
  Gpu();
  std::unique_ptr<State> state_;
};

/// The facts of all GPUs that the loader shows, software ones last. Error: there is no loader or no driver.
tl::expected<std::vector<GpuFacts>, std::string> visible_gpus();

}  // namespace weighin
