// Tensors and states of layers that keep a state of fixed size instead of keys and values.
#pragma once

#include <cstdint>

#include "models/shape/tensor_builder.h"

namespace weighin {

/// Adds the tensors of a layer with that mixer; none for attention.
void add_state_space(TensorBuilder& build, const ModelShape& shape, Mixer mixer);

/// Values of one layer's recurrent state and of its convolution's, kept for one sequence in f32; 0 for
/// attention. As llama.cpp allocates them (n_embd_r + n_embd_s of src/llama-hparams.cpp, read 2026-11-24).
uint64_t state_values_of(const ModelShape& shape, Mixer mixer);

}  // namespace weighin
