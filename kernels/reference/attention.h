// Attention in double precision, which kernels are compared with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/operands/operands.h"
#include "kernels/problem/problem.h"
#include "kernels/reference/check.h"
#include "models/format/format.h"

namespace weighin {

/// One output vector, and the sizes of the terms that its values sum.
struct ReferenceAttention {
  std::vector<double> values;  // [k]
  std::vector<double> sizes;   // [k]: the sum over tokens of weight * |value|
  double score_size = 0;       // the largest over all tokens of sum |q key| / sqrt(k)
};

/// softmax(q . keys / sqrt(k)) . values for one query head. q is [k]; keys and values are [tokens][k] in the
/// format `cache`, and k is a multiple of its blocks. There is at least one token.
ReferenceAttention reference_attention(const float* q, FormatId cache, const std::byte* keys,
                                       const std::byte* values, uint32_t tokens, uint32_t k);

/// The same for a cache of f16.
ReferenceAttention reference_attention(const float* q, const uint16_t* keys, const uint16_t* values,
                                       uint32_t tokens, uint32_t k);

/// The queries [n][heads][k] of an attention problem (n counts as 1 where it is 0). Ordinary data: scores
/// differ by ones, since the values of a weight pool are ordinarily below 2^-3. Adversarial data: the values
/// reach 65504, and scores differ by up to thousands, of which f32 still keeps the weights to a per cent.
/// Values of q8_0 are up to 128 times its scales, which are f16 numbers of those sizes.
Floats attention_queries(const Problem& problem, Data data, uint64_t seed);

/// Compares `samples` outputs of attention with the reference. Query vector number v has its k outputs from
/// y[v * stride] on, and the reference values `reference_of(v)`. Errors are relative to the sizes of the
/// terms, and where scores are large, to theirs: what a score is off by, its weight is off by in proportion.
Check check_attention(std::span<const float> y, uint64_t stride, uint64_t vectors, uint32_t k,
                      const std::function<ReferenceAttention(uint64_t vector)>& reference_of,
                      double tolerance, uint32_t samples);

}  // namespace weighin
