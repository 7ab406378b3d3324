// Rounding activations on a GPU.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// vulkan.quantize.FORMAT: activations rounded to int8 for products with weights of FORMAT.
std::vector<Kernel> vulkan_rounding_kernels();

}  // namespace weighin
