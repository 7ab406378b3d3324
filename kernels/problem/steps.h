// The steps of a model: the problems that one decoded token, or one prompt, is made of. The plan takes from
// them what to measure, and the prediction what to add up.
#pragma once

#include <string>
#include <vector>

#include "kernels/problem/problem.h"
#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin {

/// A problem as a model uses it: how often in one step, and in which part of the model.
struct ProblemUse {
  Problem problem;
  double times = 0;
  std::string part;  // "attn_q", "attention", "norm", ...
  /// `times` by place in the model: before its layers, in each of them, after them. What is small and of
  /// every layer (norms, activations) is spread evenly.
  std::vector<double> places{};
};

/// All work of one decoded token with `depth` tokens already in the KV cache, which is in `cache`. A layer
/// with a sliding window is attention over a cache of so many tokens.
std::vector<ProblemUse> decode_step(const ModelShape& shape, const FileFormat& format, uint32_t depth,
                                    FormatId cache = FormatId::f16);

/// All work of `n` prompt tokens computed together, the output head for the last token only (as engines do);
/// for an encoder, of one text of `n` tokens. A layer with a sliding window that is shorter counts as the
/// share, in pairs of tokens, of the attention of all `n`: what is computed by an engine that skips what no
/// query sees.
std::vector<ProblemUse> prefill_step(const ModelShape& shape, const FileFormat& format, uint32_t n,
                                     FormatId cache = FormatId::f16);

}  // namespace weighin
