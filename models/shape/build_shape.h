// From an architecture to the tensors of a model.
#pragma once

#include <optional>

#include "models/shape/shape.h"

namespace weighin {

/// Fills per_layer where it is empty, then tensors, vision_tensors, attention, state_values, norms and
/// activations of `shape`, whose architecture is set. Tensors stand in the order of llama.cpp's converter for
/// decoders: embeddings, layers, output.
void build_shape(ModelShape& shape);

/// The attention of one layer of `shape`; nothing where it has none.
std::optional<AttentionLayers> attention_of(const ModelShape& shape, const Layer& layer);

/// What follows from per_layer without the tensors: attention, state_values, norms and activations. For
/// shapes whose tensors a file gave.
void describe_layers(ModelShape& shape);

}  // namespace weighin
