// The GPU's rows of the kernel table, one function a family.
#pragma once

#include <vector>

#include "kernels/kernel.h"

namespace weighin {

/// All of them.
std::vector<Kernel> vulkan_kernels();

/// vulkan.gemv.FORMAT.ARITHMETIC and vulkan.gemm.FORMAT.ARITHMETIC.
std::vector<Kernel> vulkan_matrix_kernels();

}  // namespace weighin
