#include "kernels/reference/attention.h"

#include <algorithm>
#include <cmath>

#include "kernels/formats/half.h"

namespace weighin {

AttentionTruth attention_truth(const float* q, const uint16_t* keys, const uint16_t* values, uint32_t tokens,
                               uint32_t k) {
  AttentionTruth truth{std::vector<double>(k), std::vector<double>(k)};
  std::vector<double> weights(tokens);
  for (uint32_t t = 0; t < tokens; ++t) {
    double dot = 0, size = 0;
    for (uint32_t i = 0; i < k; ++i) {
      const double term = double{q[i]} * half_to_float(keys[uint64_t{t} * k + i]);
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
    for (uint32_t i = 0; i < k; ++i) {
      const double term = weights[t] / total * half_to_float(values[uint64_t{t} * k + i]);
      truth.values[i] += term;
      truth.sizes[i] += std::abs(term);
    }
  }
  return truth;
}

}  // namespace weighin
