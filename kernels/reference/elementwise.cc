#include "kernels/reference/elementwise.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace weighin {
namespace {

/// Root of the mean square distance from `centre`.
double spread_of(const float* a, uint32_t k, double centre, double epsilon) {
  double squares = 0;
  for (uint32_t i = 0; i < k; ++i) squares += (a[i] - centre) * (a[i] - centre);
  return std::sqrt(squares / k + epsilon);
}

/// Of the sizes of the values that a mean sums: where they cancel, it is off by so much in proportion.
double mean_size_of(const float* a, uint32_t k) {
  double total = 0;
  for (uint32_t i = 0; i < k; ++i) total += std::abs(a[i]);
  return total / k;
}

double mean_of(const float* a, uint32_t k) {
  double total = 0;
  for (uint32_t i = 0; i < k; ++i) total += a[i];
  return total / k;
}

Truth rope_truth(const float* a, const float* b, const float* c, uint32_t k, uint32_t i) {
  const uint32_t half = k / 2, pair = i % half;
  const double first = a[pair], second = a[half + pair], cosine = b[pair], sine = c[pair];
  if (i < half) return {first * cosine - second * sine, std::abs(first * cosine) + std::abs(second * sine)};
  return {first * sine + second * cosine, std::abs(first * sine) + std::abs(second * cosine)};
}

Truth softmax_truth(const float* a, uint32_t k, uint32_t i) {
  const double most = *std::max_element(a, a + k);
  double total = 0;
  for (uint32_t j = 0; j < k; ++j) total += std::exp(a[j] - most);
  const double value = std::exp(a[i] - most) / total;
  return {value, std::max(value, 1e-30)};  // below the least normal number it may be 0
}

}  // namespace

Truth row_truth(Op op, const float* a, const float* b, const float* c, uint32_t k, uint32_t i,
                float epsilon) {
  const double x = a[i];
  switch (op) {
    case Op::rms_norm: {
      const double value = x / spread_of(a, k, 0, epsilon) * b[i];
      return {value, std::abs(value)};
    }
    case Op::layer_norm: {
      const double mean = mean_of(a, k), scale = b[i] / spread_of(a, k, mean, epsilon);
      return {(x - mean) * scale + c[i],
              (std::abs(x) + mean_size_of(a, k)) * std::abs(scale) + std::abs(double{c[i]})};
    }
    case Op::rope:
      return rope_truth(a, b, c, k, i);
    case Op::softmax:
      return softmax_truth(a, k, i);
    case Op::swiglu:
      // Of a gate below the least normal number not all bits are left before b makes it larger.
      return {x / (1 + std::exp(-x)) * b[i], std::max(std::abs(x), 0x1p-126) * std::abs(double{b[i]})};
    case Op::gelu: {
      const double u = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
      return {x * (1 + std::tanh(u)) / 2, std::abs(x)};
    }
    default:
      return {0, 0};
  }
}

}  // namespace weighin
