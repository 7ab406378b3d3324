// Tensors of attention layers.
#pragma once

#include "models/shape/tensor_builder.h"

namespace weighin {

/// Adds the tensors of an attention layer.
void add_attention(TensorBuilder& build, const ModelShape& shape, const Layer& layer);

/// Adds the tensors of a layer with multi-head latent attention (DeepSeek-V2, arXiv 2405.04434). Queries,
/// keys and values pass through low-rank latents; the cache keeps the latent and the rotated part of the key.
/// Keys and values leave the latent by one matrix for each head, as llama.cpp stores them.
void add_latent_attention(TensorBuilder& build, const ModelShape& shape, const Layer& layer);

}  // namespace weighin
