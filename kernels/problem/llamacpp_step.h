// The steps of a model as llama.cpp's graph has them, for times that were measured in llama.cpp's own graphs.
#pragma once

#include <vector>

#include "kernels/problem/steps.h"

namespace weighin {

/// `step` (decode_step() or prefill_step() of `shape`, with `tokens` tokens computed together) as llama.cpp
/// computes it. Products and attention stay; those of a layer's experts are one operation each. All else is
/// the small operations of llama.cpp's graph: norms with their weights, sums, RoPE of queries and of keys,
/// activations, rows that are looked up, and rows that are written into the KV cache. Rounding of activations
/// is part of each product. A prompt is computed in micro-batches of 512 tokens, each a graph of its own,
/// whose start is one `submit`. Operations that the graph has in each layer are spread evenly over the layers
/// (ProblemUse::places).
std::vector<ProblemUse> llamacpp_step(const std::vector<ProblemUse>& step, const ModelShape& shape,
                                      uint32_t tokens, FormatId cache = FormatId::f16);

}  // namespace weighin
