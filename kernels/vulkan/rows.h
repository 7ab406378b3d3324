// The small operations on a GPU: norms, rotations and activation functions.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// vulkan.rms_norm, layer_norm, rope, softmax, swiglu and gelu.
std::vector<Kernel> vulkan_row_kernels();

}  // namespace weighin
