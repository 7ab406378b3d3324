// A short search for what a GPU computes fastest with: a kernel's numbers, and which of several kernels.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/timing/measure.h"
#include "kernels/vulkan/gpu_bench.h"
#include "results/store/store.h"

namespace weighin {

/// What a search found, or an earlier one. Formats whose blocks are of one kind (floats, of 32 values, of
/// 256) share what was found of one of them.
class GpuTunings {
 public:
  GpuTunings(const GpuFacts& gpu, std::vector<GpuTuning> known);

  /// Times every set of numbers of every kernel on one problem each, where no earlier search has; what it
  /// finds is told at once. Stops when `over` says so: what is not reached runs with its first numbers.
  void search(Workbench& bench, const std::function<bool()>& over,
              const std::function<void(const GpuTuning&)>& found);

  /// Numbers by kernel, for GpuBench::tuned.
  std::map<std::string, GpuParameters> parameters() const;
  /// The kernels that can compute a problem, the fastest of its kind first.
  KernelChoice choice() const;

 private:
  const GpuTuning* of(const Kernel& kernel) const;

  GpuFacts gpu_;
  std::map<std::string, GpuTuning> found_;  // by the kernel that was timed
};

}  // namespace weighin
