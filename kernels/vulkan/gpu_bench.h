// What kernels on a GPU run with.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kernels/vulkan/device/gpu.h"
#include "kernels/vulkan/gpu_weights.h"

namespace weighin {

/// The values of a shader's specialization constants, in the order that its kernel gives them.
using GpuParameters = std::vector<uint32_t>;

struct GpuBench {
  Gpu& gpu;
  GpuWeightPool& weights;
  /// The parameters that a search found best, by kernel. A kernel that is not in here runs with the first of
  /// its sets.
  std::map<std::string, GpuParameters> tuned{};
};

/// The parameters that `kernel` runs with: those found best, or else `usual`.
inline const GpuParameters& parameters_of(const GpuBench& bench, const std::string& kernel,
                                          const GpuParameters& usual) {
  const auto found = bench.tuned.find(kernel);
  return found == bench.tuned.end() ? usual : found->second;
}

}  // namespace weighin
