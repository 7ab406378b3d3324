// Matrix products on a GPU.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// vulkan.gemv.FORMAT.ARITHMETIC and vulkan.gemm.FORMAT.ARITHMETIC.
std::vector<Kernel> vulkan_matrix_kernels();

}  // namespace weighin
