// From an architecture to the tensors of a model.
#pragma once

#include <optional>

#include "models/shape/shape.h"

namespace weighin {

/// Makes the tensors of `shape`, whose architecture is set. Fills per_layer where it is empty, then tensors,
/// vision_tensors, attention, state_values, norms and activations. The tensors are in the order in which
/// llama.cpp's converter writes decoders: embeddings, layers, output.
void build_shape(ModelShape& shape);

/// The attention of one layer of `shape`, or nothing where the layer has none.
std::optional<AttentionLayers> attention_of(const ModelShape& shape, const Layer& layer);

/// Fills only what follows from per_layer: attention, state_values, norms and activations. For shapes whose
/// tensors were read from a file.
void describe_layers(ModelShape& shape);

}  // namespace weighin
