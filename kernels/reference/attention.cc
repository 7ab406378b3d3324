#include "kernels/reference/attention.h"

#include <algorithm>
#include <cmath>

#include "kernels/formats/codec.h"

namespace weighin {

AttentionTruth attention_truth(const float* q, FormatId cache, const std::byte* keys, const std::byte* values,
                               uint32_t tokens, uint32_t k) {
  const uint64_t pitch = row_bytes(cache, k);
  std::vector<double> row(k);
  AttentionTruth truth{std::vector<double>(k), std::vector<double>(k)};
  std::vector<double> weights(tokens);
  for (uint32_t t = 0; t < tokens; ++t) {
    double dot = 0, size = 0;
    codec_of(cache).decode(keys + t * pitch, row.data(), k);
    for (uint32_t i = 0; i < k; ++i) {
      const double term = double{q[i]} * row[i];
      dot += term;
      size += std::abs(term);
    }
    truth.score_size = std::max(truth.score_size, size / std::sqrt(double(k)));
    weights[t] = dot / std::sqrt(double(k));
  }
  const double most = *std::max_element(weights.begin(), weights.end());
  double total = 0;
  for (double& weight : weights) total += weight = std::exp(weight - most);
  for (uint32_t t = 0; t < tokens; ++t) {
    codec_of(cache).decode(values + t * pitch, row.data(), k);
    for (uint32_t i = 0; i < k; ++i) {
      const double term = weights[t] / total * row[i];
      truth.values[i] += term;
      truth.sizes[i] += std::abs(term);
    }
  }
  return truth;
}

AttentionTruth attention_truth(const float* q, const uint16_t* keys, const uint16_t* values, uint32_t tokens,
                               uint32_t k) {
  return attention_truth(q, FormatId::f16, reinterpret_cast<const std::byte*>(keys),
                         reinterpret_cast<const std::byte*>(values), tokens, k);
}

}  // namespace weighin
