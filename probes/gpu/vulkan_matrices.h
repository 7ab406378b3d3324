// The matrix shapes that a GPU multiplies in one step, for the child process that loads drivers.
#pragma once

#include <vulkan/vulkan_core.h>

#include <functional>
#include <string>
#include <vector>

namespace weighin {

/// One product of a subgroup: [m][k] of type `a` times [k][n] of type `b`, summed as [m][n] of type `sum`.
struct MatrixShape {
  uint32_t m = 0, n = 0, k = 0;
  std::string a, b, sum;  // "f16", "s8"

  bool operator==(const MatrixShape&) const = default;
};

/// The shapes that the driver lists, each once and in its order: those of VK_KHR_cooperative_matrix (`khr`:
/// the driver has it), otherwise those of NVIDIA's older extension (`nv`). Empty if it has neither.
/// `function` finds the functions of the instance by name.
std::vector<MatrixShape> matrix_shapes(const std::function<PFN_vkVoidFunction(const char*)>& function,
                                       VkPhysicalDevice device, bool khr, bool nv);

/// "16x16x16 f16 x f16 + f32": m, n, k and the three types.
std::string text_of(const MatrixShape& shape);

}  // namespace weighin
