#include "harness/engines/ggml/check.h"

#include <algorithm>
#include <cmath>

#include "kernels/reference/attention.h"
#include "kernels/reference/matrix.h"

namespace weighin {
namespace {

/// The library rounds queries to f16, and may sum weighted values in f16: an error of 2^-11 of the size of
/// each score and of each partial sum. Judgement: this allows for four such roundings in the same direction.
constexpr double four_roundings_to_half = 4 * 0x1p-11;

ReferenceValue matrix_value(const Problem& p, std::span<const std::byte> weights, std::span<const float> x,
                            uint64_t at) {
  const uint64_t row = at % p.m, token = at / p.m;
  const ReferenceRow values = reference_row(p.format, weights.data() + row * row_bytes(p.format, p.k), p.k);
  const ReferenceDot dot =
      reference_dot(values, reference_activations(&x[token * p.k], p.k, Activations::floats));
  return {dot.sum, dot.size};
}

ReferenceValue attention_value(const Problem& p, std::span<const std::byte> weights, std::span<const float> q,
                               uint64_t at) {
  const uint64_t head = at / p.k, slab = uint64_t{p.context} * p.k;
  const auto* keys =
      reinterpret_cast<const uint16_t*>(weights.data()) + 2 * slab * (head / (p.heads / p.kv_heads));
  const ReferenceAttention reference = reference_attention(&q[head * p.k], keys, keys + slab, p.context, p.k);
  return {reference.values[at % p.k], reference.sizes[at % p.k] * std::max(1.0, reference.score_size)};
}

}  // namespace

Floats query_of(const Problem& problem, const Workbench& bench) {
  return attention_queries(problem, bench.data, bench.seed);
}

/// f32 sums of at most k terms in a row and a few roundings more (kernels/operands/operands.h).
double product_tolerance(uint32_t k) {
  return (k + 128.0) * 0x1p-24;
}

double attention_tolerance() {
  return four_roundings_to_half;
}

Check check_theirs(const Problem& problem, std::span<const std::byte> weights, std::span<const float> x,
                   std::span<const float> results, uint32_t samples) {
  const bool attends = problem.op == Op::attention;
  const double tolerance = attends ? attention_tolerance() : product_tolerance(problem.k);
  return check_outputs(results.size(), samples, tolerance, [&](uint64_t at) {
    const ReferenceValue reference =
        attends ? attention_value(problem, weights, x, at) : matrix_value(problem, weights, x, at);
    return std::fabs(results[at] - reference.value) / std::max(reference.size, 0x1p-60);
  });
}

}  // namespace weighin
