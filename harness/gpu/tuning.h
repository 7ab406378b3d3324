// A short search for what a GPU computes fastest with: the parameters of each kernel, and which of several
// kernels.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/timing/measure.h"
#include "kernels/vulkan/gpu_bench.h"
#include "results/store/store.h"

namespace weighin {

/// What this search found, or an earlier one. Formats whose blocks are of one kind (floats, blocks of 32
/// values, blocks of 256) share what was found for one of them.
class GpuTunings {
 public:
  GpuTunings(const GpuFacts& gpu, std::vector<GpuTuning> known);

  /// Times every set of parameters of every kernel on one problem each, unless an earlier search did. `found`
  /// is called with each result at once. The search stops when `over` returns true; kernels that were not
  /// reached run with their first set.
  void search(Workbench& bench, const std::function<bool()>& over,
              const std::function<void(const GpuTuning&)>& found);

  /// The parameters by kernel, for GpuBench::tuned.
  std::map<std::string, GpuParameters> parameters() const;
  /// The kernels that can compute a problem, the fastest first.
  KernelChoice choice() const;

 private:
  const GpuTuning* of(const Kernel& kernel) const;

  GpuFacts gpu_;
  std::map<std::string, GpuTuning> found_;  // by the kernel that was timed
};

}  // namespace weighin
