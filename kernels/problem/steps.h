// The steps of a model: the problems that one decoded token, or one prompt, is made of. The plan takes from
// them what to measure, and the prediction what to add up.
#pragma once

#include <optional>
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
  /// How often at each place in the model: before its layers, in each of them, and after them. The sum is
  /// `times`. Small problems that every layer has (norms, activations) are spread evenly.
  std::vector<double> places{};
  /// Of a product of one expert: those of all experts that the step's tokens use in a layer, as one operation
  /// (expert_products).
  std::optional<Problem> of_all_experts{};
};

/// `use` as the operations of its of_all_experts, which are the same work in fewer operations. It must have
/// them.
ProblemUse with_all_experts(ProblemUse use);

/// All work of one decoded token, with `depth` tokens already in the KV cache, which has the format `cache`.
/// A layer with a sliding window is attention over as many tokens as the window has.
std::vector<ProblemUse> decode_step(const ModelShape& shape, const FileFormat& format, uint32_t depth,
                                    FormatId cache = FormatId::f16);

/// All work of `n` prompt tokens that are computed together; for an encoder, of one text of `n` tokens. The
/// output head is computed for the last token only, as engines do. A layer whose sliding window is shorter
/// than `n` counts as its share, in pairs of tokens, of the attention over all `n`: the work of an engine
/// that skips what no query sees.
std::vector<ProblemUse> prefill_step(const ModelShape& shape, const FileFormat& format, uint32_t n,
                                     FormatId cache = FormatId::f16);

}  // namespace weighin
