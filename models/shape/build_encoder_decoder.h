// Tensors of models with an encoder and a decoder: T5, BART, Whisper.
#pragma once

#include "models/shape/shape.h"

namespace weighin {

/// Adds all tensors of such a model: embeddings, both stacks and the output head.
void add_encoder_decoder(ModelShape& shape);

}  // namespace weighin
