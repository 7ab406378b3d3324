// What the forward pass must know of an architecture beside its sizes.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "models/gguf/gguf.h"
#include "models/shape/shape.h"

namespace weighin {

/// How positions turn the first `dim` values of a head (RoPE, arXiv 2104.09864): pair i by the angle
/// position * scale / base^(2i / dim).
struct Rotation {
  float base = 10000;
  float scale = 1;  // of the position: below 1 where a context is stretched (linear scaling)
};

struct ForwardFacts {
  float epsilon = 1e-5F;  // of the RMS normalizations
  /// Which values of a head are a pair: adjacent_pairs 2i, 2i + 1 (as Llama's files have it), else i,
  /// i + dim / 2.
  bool adjacent_pairs = false;
  uint32_t rotary_dim = 0;
  Rotation rotation;           // of layers that see everything
  Rotation windowed_rotation;  // of layers with a sliding window
  float embedding_scale = 1;
  float query_scale = 1;  // beside 1 / sqrt(head_dim), which attention itself has
  float logit_cap = 0;    // logits become cap * tanh(logit / cap); 0: they stay
};

/// The facts of `shape`: by `file`'s metadata, or (nullptr) those of a synthetic model, as
/// models/synthetic/gguf_metadata.cc writes them. Error: an architecture or a part of one that this pass does
/// not compute, and those that it does.
tl::expected<ForwardFacts, std::string> forward_facts(const ModelShape& shape, const Gguf* file);

}  // namespace weighin
