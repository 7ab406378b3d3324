// What kernels on a GPU run with.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kernels/vulkan/device/gpu.h"
#include "kernels/vulkan/gpu_weights.h"

namespace weighin {

/// Numbers of a shader's specialization constants, in the order its kernel names them.
using GpuParameters = std::vector<uint32_t>;

struct GpuBench {
  Gpu& gpu;
  GpuWeightPool& weights;
  /// What the search found best, by kernel; a kernel that is not in it runs with the first of its parameter
  /// sets.
  std::map<std::string, GpuParameters> tuned{};
};

/// What `kernel` runs with: what was found best, or else `usual`.
inline const GpuParameters& parameters_of(const GpuBench& bench, const std::string& kernel,
                                          const GpuParameters& usual) {
  const auto found = bench.tuned.find(kernel);
  return found == bench.tuned.end() ? usual : found->second;
}

}  // namespace weighin
