// Tensors of MobileBERT's layers (arXiv 2004.02984).
#pragma once

#include "models/shape/tensor_builder.h"

namespace weighin {

/// Adds one layer: attention and several feed-forward parts in a narrow width, between two products with the
/// wide one.
void add_bottleneck_layer(TensorBuilder& build, const ModelShape& shape, const Layer& layer);

}  // namespace weighin
