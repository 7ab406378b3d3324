// What the forward pass must know of an architecture beside its sizes.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "models/gguf/gguf.h"
#include "models/shape/shape.h"

namespace weighin {

/// How a position rotates the first `dim` values of a head (RoPE, arXiv 2104.09864): pair i turns by the
/// angle position * scale / base^(2i / dim).
struct Rotation {
  float base = 10000;
  float scale = 1;  // of the position: below 1 where a context is stretched (linear scaling)
};

struct ForwardFacts {
  float epsilon = 1e-5F;  // of the RMS normalizations
  /// Which values of a head are rotated as a pair: 2i and 2i + 1 (as in Llama's files), or else i and i + dim
  /// / 2.
  bool adjacent_pairs = false;
  uint32_t rotary_dim = 0;
  Rotation rotation;           // of layers without a sliding window
  Rotation windowed_rotation;  // of layers with a sliding window
  float embedding_scale = 1;
  float query_scale = 1;  // on top of 1 / sqrt(head_dim), which attention itself applies
  float logit_cap = 0;    // logits become cap * tanh(logit / cap); 0: they are not capped
};

/// The facts of `shape`, from the metadata of `file`, or where that is nullptr those of a synthetic model, as
/// models/synthetic/gguf_metadata.cc writes them. Error: which architecture, or part of one, this pass does
/// not compute, and which architectures it does.
tl::expected<ForwardFacts, std::string> forward_facts(const ModelShape& shape, const Gguf* file);

}  // namespace weighin
