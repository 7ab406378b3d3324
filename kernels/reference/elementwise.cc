#include "kernels/reference/elementwise.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "kernels/operands/norm_epsilon.h"

namespace weighin {
namespace {

/// The root of the mean square distance from `centre`, plus epsilon under the root.
double spread_of(const float* a, uint32_t k, double centre, double epsilon) {
  double squares = 0;
  for (uint32_t i = 0; i < k; ++i) squares += (a[i] - centre) * (a[i] - centre);
  return std::sqrt(squares / k + epsilon);
}

/// The mean size of the values that a mean sums. Where they cancel, the mean is off in proportion to it.
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

ReferenceValue rope_value(const float* a, const float* b, const float* c, uint32_t k, uint32_t i) {
  const uint32_t half = k / 2, pair = i % half;
  const double first = a[pair], second = a[half + pair], cosine = b[pair], sine = c[pair];
  if (i < half) return {first * cosine - second * sine, std::abs(first * cosine) + std::abs(second * sine)};
  return {first * sine + second * cosine, std::abs(first * sine) + std::abs(second * cosine)};
}

ReferenceValue softmax_value(const float* a, uint32_t k, uint32_t i) {
  const double most = *std::max_element(a, a + k);
  double total = 0;
  for (uint32_t j = 0; j < k; ++j) total += std::exp(a[j] - most);
  const double value = std::exp(a[i] - most) / total;
  return {value, std::max(value, 1e-30)};  // below the least normal number it may be 0
}

/// Outputs whose terms are smaller than this are compared as if they were of this size.
constexpr double least_size = 1e-30;

/// The error of output number `output`, which is `y`; it may be off by `least_off` whatever its size.
double row_error(const RowOperands& operands, float y, uint64_t output, double least_off) {
  const uint32_t k = operands.problem.k;
  const uint64_t row = output / k;
  const ReferenceValue reference =
      reference_value(operands.problem.op, &operands.a[row * k], operands.row_of(operands.b, row),
                      operands.row_of(operands.c, row), k, static_cast<uint32_t>(output % k), norm_epsilon);
  const double off = std::abs(y - reference.value);
  return off <= least_off ? 0 : (off - least_off) / std::max(reference.size, least_size);
}

Floats without_denormals(Floats values) {
  for (float& value : values)
    if (std::fpclassify(value) == FP_SUBNORMAL) value = 0;
  return values;
}

}  // namespace

const float* RowOperands::row_of(const Floats& values, uint64_t row) const {
  if (problem.op == Op::swiglu) return &values[row * problem.k];
  if (problem.op == Op::rope) return &values[row / std::max<uint64_t>(1, problem.m) * (problem.k / 2)];
  return values.data();
}

RowOperands row_operands(const Problem& problem, Data data, uint64_t seed) {
  const float limit = data == Data::ordinary ? 6.0F : 1e16F;
  const uint64_t tokens = std::max(1U, problem.n), shared = tokens * problem.k;
  RowOperands operands{.problem = problem, .rows = tokens, .a = {}, .b = {}, .c = {}};
  if (problem.op == Op::rope) operands.rows *= std::max<uint64_t>(1, problem.m);
  const uint64_t values = operands.rows * problem.k, beside = problem.op == Op::swiglu ? values : shared;
  operands.a = operand_rows(values, problem.k, limit, data, seed);
  operands.b = operand_rows(beside, problem.k, limit, data, seed + 1);
  operands.c = operand_rows(beside, problem.k, limit, data, seed + 2);
  return operands;
}

Check check_rows(const RowOperands& operands, std::span<const float> y, Denormals denormals, double tolerance,
                 uint32_t samples) {
  // A product of two operands that would be denormal may be zero, and there are at most two in an output.
  const double least_off = denormals == Denormals::kept ? 0 : 2 * 0x1p-126;
  std::optional<RowOperands> flushed;  // with zeros in place of denormal operands
  return check_outputs(y.size(), samples, tolerance, [&](uint64_t output) {
    const double error = row_error(operands, y[output], output, least_off);
    if (denormals == Denormals::kept || !(error > tolerance)) return error;
    if (!flushed)
      flushed = {operands.problem, operands.rows, without_denormals(operands.a),
                 without_denormals(operands.b), without_denormals(operands.c)};
    return std::min(error, row_error(*flushed, y[output], output, least_off));
  });
}

ReferenceValue reference_value(Op op, const float* a, const float* b, const float* c, uint32_t k, uint32_t i,
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
      return rope_value(a, b, c, k, i);
    case Op::softmax:
      return softmax_value(a, k, i);
    case Op::swiglu:
      // A gate below the least normal number has lost some of its bits before b makes it larger.
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
