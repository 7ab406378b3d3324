// What the tensors of a file say about the architecture: what each layer is made of, and which parts there
// are.
#pragma once

#include "models/shape/shape.h"

namespace weighin {

/// Completes `shape` from its tensors, which are those of a file. Its counts (layers, width, heads, head_dim,
/// experts, ...) and the heads and windows of per_layer must be set. The tensors give each layer's mixer and
/// feed-forward part, the places of normalizations, the biases, and what is fused or tied. Where the output
/// head is tied to the token embedding, it is added as a tensor that stores nothing.
void read_layers(ModelShape& shape);

}  // namespace weighin
