// Attention in double precision: the truth fast kernels are compared with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/format/format.h"

namespace weighin {

/// One output vector and the size of the terms each of its values sums.
struct AttentionTruth {
  std::vector<double> values;  // [k]
  std::vector<double> sizes;   // [k]: sum over tokens of weight * |value|
  double score_size = 0;       // the largest over tokens of sum |q key| / sqrt(k)
};

/// softmax(q . keys / sqrt(k)) . values for one query head. q [k]; keys, values [tokens][k] in `cache`, of
/// whose blocks k is a multiple; tokens at least 1.
AttentionTruth attention_truth(const float* q, FormatId cache, const std::byte* keys, const std::byte* values,
                               uint32_t tokens, uint32_t k);

/// The same of an f16 cache.
AttentionTruth attention_truth(const float* q, const uint16_t* keys, const uint16_t* values, uint32_t tokens,
                               uint32_t k);

}  // namespace weighin
