// The metadata of a synthetic GGUF file.
#pragma once

#include "models/shape/shape.h"
#include "models/synthetic/gguf_header.h"

namespace weighin {

/// Adds the hyperparameters of `shape` that llama.cpp needs.
void add_architecture(GgufHeader& header, const ModelShape& shape);

/// Adds a made-up vocabulary of `shape.vocab` tokens for a SentencePiece tokenizer: byte tokens, so that
/// every text can be tokenized, and made-up words.
void add_vocabulary(GgufHeader& header, const ModelShape& shape);

}  // namespace weighin
