// Embedding look-up on a GPU.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// vulkan.embedding.FORMAT: rows of weights as floats.
std::vector<Kernel> vulkan_embedding_kernels();

}  // namespace weighin
