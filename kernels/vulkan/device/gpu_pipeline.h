// Shaders as a GPU runs them: compiled by its driver with the numbers that their kernel chose.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "kernels/vulkan/device/gpu.h"

namespace weighin {

/// A shader of kernels/vulkan/shaders/ and how it is compiled.
struct GpuShader {
  std::string name;                 // its file's, the format's and the arithmetic's: "gemv.q4_0.int8"
  std::vector<uint32_t> constants;  // of its specialization constants 0, 1, ...
  uint32_t buffers = 0;             // bindings 0, 1, ...
  uint32_t arguments = 0;           // push constants, words
  /// Every subgroup is whole and has GpuFacts::subgroup_size threads: for shaders with matrix units.
  bool full_subgroups = false;

  auto operator<=>(const GpuShader&) const = default;
};

/// A compiled shader; its Gpu keeps it.
struct GpuPipeline;

/// `shader` compiled, once for each Gpu. Error: there is no such shader, or the driver refused it.
tl::expected<const GpuPipeline*, std::string> pipeline_of(Gpu& gpu, const GpuShader& shader);

}  // namespace weighin
