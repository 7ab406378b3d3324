// A GPU's bounds: how fast it reads its memory, and how fast it computes in registers.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// vulkan.stream_read and vulkan.peak.ARITHMETIC.
std::vector<Kernel> vulkan_bound_kernels();

}  // namespace weighin
