#include "kernels/reference/attention.h"

#include <algorithm>
#include <cmath>

#include "kernels/formats/codec.h"

namespace weighin {
namespace {

/// Outputs whose terms are smaller than this are compared as if they were of this size: weights below e^-87
/// are 0.
constexpr double least_size = 0x1p-60;

}  // namespace

ReferenceAttention reference_attention(const float* q, FormatId cache, const std::byte* keys,
                                       const std::byte* values, uint32_t tokens, uint32_t k) {
  const uint64_t pitch = row_bytes(cache, k);
  std::vector<double> row(k);
  ReferenceAttention reference{std::vector<double>(k), std::vector<double>(k)};
  std::vector<double> weights(tokens);
  for (uint32_t t = 0; t < tokens; ++t) {
    double dot = 0, size = 0;
    codec_of(cache).decode(keys + t * pitch, row.data(), k);
    for (uint32_t i = 0; i < k; ++i) {
      const double term = double{q[i]} * row[i];
      dot += term;
      size += std::abs(term);
    }
    reference.score_size = std::max(reference.score_size, size / std::sqrt(double(k)));
    weights[t] = dot / std::sqrt(double(k));
  }
  const double most = *std::max_element(weights.begin(), weights.end());
  double total = 0;
  for (double& weight : weights) total += weight = std::exp(weight - most);
  for (uint32_t t = 0; t < tokens; ++t) {
    codec_of(cache).decode(values + t * pitch, row.data(), k);
    for (uint32_t i = 0; i < k; ++i) {
      const double term = weights[t] / total * row[i];
      reference.values[i] += term;
      reference.sizes[i] += std::abs(term);
    }
  }
  return reference;
}

ReferenceAttention reference_attention(const float* q, const uint16_t* keys, const uint16_t* values,
                                       uint32_t tokens, uint32_t k) {
  return reference_attention(q, FormatId::f16, reinterpret_cast<const std::byte*>(keys),
                             reinterpret_cast<const std::byte*>(values), tokens, k);
}

Floats attention_queries(const Problem& problem, Data data, uint64_t seed) {
  const float limit =
      (data == Data::ordinary ? 8.0F : 0x1p-8F) * (problem.format == FormatId::q8_0 ? 0x1p-7F : 1.0F);
  const uint64_t vectors = uint64_t{std::max(1U, problem.n)} * problem.heads;
  return operand_rows(vectors * problem.k, problem.k, limit, data, seed);
}

Check check_attention(std::span<const float> y, uint64_t stride, uint64_t vectors, uint32_t k,
                      const std::function<ReferenceAttention(uint64_t vector)>& reference_of,
                      double tolerance, uint32_t samples) {
  uint64_t known = vectors;  // the vector that `reference` is of
  ReferenceAttention reference;
  return check_outputs(vectors * k, samples, tolerance, [&](uint64_t output) {
    const uint64_t vector = output / k, i = output % k;
    if (vector != known) reference = reference_of(vector);
    known = vector;
    const double size = std::max(reference.sizes[i], least_size) * std::max(1.0, reference.score_size);
    return std::abs(y[vector * stride + i] - reference.values[i]) / size;
  });
}

}  // namespace weighin
