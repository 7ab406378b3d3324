// Tensors of Gemma 3n and 4 that other models do not have: a second embedding for every layer, AltUp and
// LAuReL.
#pragma once

#include "models/shape/tensor_builder.h"

namespace weighin {

/// Adds the tensors that belong to no layer. They stand before the layers.
void add_per_layer_inputs(ModelShape& shape);

/// Adds the tensors of one layer. They stand after its feed-forward part.
void add_per_layer_input(TensorBuilder& build, const ModelShape& shape);

}  // namespace weighin
