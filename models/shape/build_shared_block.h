// Tensors of Zamba 2's shared transformer blocks (arXiv 2411.15242).
#pragma once

#include <cstdint>

#include "models/shape/shape.h"

namespace weighin {

/// Adds a shared block and its adapters to layer `index`. The block reads the layer's input and the
/// embeddings side by side, which is twice the width.
void add_shared_block(ModelShape& shape, int32_t index, const Layer& layer);

}  // namespace weighin
