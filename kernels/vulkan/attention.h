// Attention on a GPU.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// vulkan.attention.CACHE and vulkan.prefill_attention.CACHE: attention over a cache of f16 or q8_0.
std::vector<Kernel> vulkan_attention_kernels();

}  // namespace weighin
