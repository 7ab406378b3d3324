// Tensors of a layer's feed-forward part.
#pragma once

#include "models/shape/tensor_builder.h"

namespace weighin {

/// Adds the tensors of the feed-forward part of `layer`: dense, or a mixture of experts.
void add_feed_forward(TensorBuilder& build, const ModelShape& shape, const Layer& layer);

}  // namespace weighin
