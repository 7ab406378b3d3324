// The shapes of a GPU's matrix units in words, for the child process that loads drivers.
#pragma once

#include <vulkan/vulkan_core.h>

#include <functional>
#include <string>
#include <vector>

namespace weighin {

/// What a subgroup multiplies at once: [m][k] of type `a` by [k][n] of type `b`, summed as [m][n] of type
/// `sum`.
struct MatrixShape {
  uint32_t m = 0, n = 0, k = 0;
  std::string a, b, sum;  // "f16", "s8"

  bool operator==(const MatrixShape&) const = default;
};

/// Those of VK_KHR_cooperative_matrix (`khr`: the driver has it) or else of NVIDIA's older extension (`nv`),
/// each once, as the driver lists them. `function` finds the instance's functions by name. Empty where it has
/// neither.
std::vector<MatrixShape> matrix_shapes(const std::function<PFN_vkVoidFunction(const char*)>& function,
                                       VkPhysicalDevice device, bool khr, bool nv);

/// "16x16x16 f16 x f16 + f32": m, n, k and the types.
std::string text_of(const MatrixShape& shape);

}  // namespace weighin
