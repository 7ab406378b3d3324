// What the tensors of a file say of its architecture: what each layer is made of, and which parts are there.
#pragma once

#include "models/shape/shape.h"

namespace weighin {

/// Completes `shape`, whose counts (layers, width, heads, head_dim, experts, ...) and per_layer heads and
/// windows are set and whose `tensors` are those of a file, from these: each layer's mixer and feed-forward,
/// where normalizations stand, biases, what is fused or tied. Where the output head is the token embedding it
/// adds the head, which stores nothing.
void read_layers(ModelShape& shape);

}  // namespace weighin
