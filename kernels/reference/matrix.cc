#include "kernels/reference/matrix.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <map>

#include "kernels/formats/codec.h"
#include "kernels/formats/half.h"

namespace weighin {
namespace {

void round_to_int8(double* x, uint32_t count) {
  double largest = 0;
  for (uint32_t i = 0; i < count; ++i) largest = std::max(largest, std::fabs(x[i]));
  const double scale = largest < double{least_activation} ? 0 : largest / 127;
  for (uint32_t i = 0; i < count; ++i) x[i] = scale == 0 ? 0 : std::nearbyint(x[i] / scale) * scale;
}

double largest_of(std::span<const double> x) {
  double largest = 0;
  for (const double value : x) largest = std::max(largest, std::fabs(value));
  return largest;
}

/// x as halves times 2^power. What would be a denormal half becomes zero.
void round_to_halves_of(std::span<double> x, int power) {
  constexpr double least_half = 0x1p-14;
  for (double& value : x) {
    const double scaled = std::ldexp(value, -power);
    const double half = half_to_float(float_to_half(static_cast<float>(scaled)));
    value = std::fabs(scaled) < least_half ? 0 : std::ldexp(half, power);
  }
}

/// As kernels/vulkan/shaders/quantize.glsl does it.
void round_group_to_halves(std::span<double> x) {
  const double largest = largest_of(x);
  if (largest < double{least_activation})
    std::fill(x.begin(), x.end(), 0);
  else
    round_to_halves_of(x, std::ilogb(largest) + 1 + 4);
}

}  // namespace

ReferenceRow reference_row(FormatId format, const std::byte* row, uint32_t k) {
  const FormatCodec& codec = codec_of(format);
  ReferenceRow decoded{std::vector<double>(k), std::vector<double>(k)};
  codec.decode(row, decoded.values.data(), k);
  if (codec.term_sizes != nullptr) {
    codec.term_sizes(row, decoded.sizes.data(), k);
  } else {
    for (uint32_t i = 0; i < k; ++i) decoded.sizes[i] = std::fabs(decoded.values[i]);
  }
  return decoded;
}

void round_to_halves(std::span<double> row) {
  constexpr int most_power = 120;
  const double largest = largest_of(row);
  if (largest > 0) round_to_halves_of(row, std::clamp(std::ilogb(largest) + 1, -most_power, most_power));
}

std::vector<double> reference_activations(const float* x, uint32_t k, Activations to) {
  std::vector<double> rounded(x, x + k);
  if (has_int8(to)) {
    const uint32_t span = rounding_span(to, k);
    for (uint32_t at = 0; at < k; at += span) round_to_int8(&rounded[at], span);
  } else if (to == Activations::float16) {
    for (uint32_t at = 0; at < k; at += activation_group)
      round_group_to_halves({&rounded[at], std::min(activation_group, k - at)});
  } else if (to == Activations::float16_row) {
    round_to_halves(rounded);
  } else if (to == Activations::bf16) {
    for (uint32_t i = 0; i < k; ++i) {
      rounded[i] = std::fabs(x[i]) < FLT_MIN ? 0 : bf16_to_float(float_to_bf16(x[i]));
    }
  }
  return rounded;
}

ReferenceDot reference_dot(const ReferenceRow& row, const std::vector<double>& x) {
  ReferenceDot dot;
  for (size_t i = 0; i < x.size(); ++i) {
    dot.sum += row.values[i] * x[i];
    dot.size += row.sizes[i] * std::fabs(x[i]);
  }
  return dot;
}

Check check_product(const ProductOutputs& outputs, double tolerance, uint32_t samples) {
  const uint64_t n = outputs.y.size() / outputs.m, k = outputs.k;
  std::map<uint64_t, std::vector<double>> tokens;  // of X, rounded
  ReferenceRow row;
  uint64_t decoded = outputs.m;  // the row that `row` holds
  // Outputs are checked row after row, so that each row is decoded once.
  return check_outputs(outputs.y.size(), samples, tolerance, [&](uint64_t output) {
    const uint64_t r = output / n, token = output % n;
    if (r != decoded) row = outputs.weights(r);
    decoded = r;
    std::vector<double>& x = tokens[token];
    if (x.empty()) x = reference_activations(&outputs.x[token * k], outputs.k, outputs.activations);
    ReferenceDot dot = reference_dot(row, x);
    if (!outputs.row_scales.empty())
      dot = {dot.sum * outputs.row_scales[r], dot.size * outputs.row_scales[r]};
    return std::fabs(outputs.y[token * outputs.m + r] - dot.sum) / std::max(dot.size, outputs.least_size);
  });
}

Check check_embedding(std::span<const float> y, uint32_t k,
                      const std::function<ReferenceRow(uint64_t token)>& row_of, double tolerance,
                      double least_off, uint32_t samples) {
  ReferenceRow row;
  uint64_t decoded = y.size();  // the token whose row `row` holds
  return check_outputs(y.size(), samples, tolerance, [&](uint64_t output) {
    const uint64_t token = output / k, i = output % k;
    if (token != decoded) row = row_of(token);
    decoded = token;
    const double off = std::fabs(y[output] - row.values[i]);
    return off <= least_off ? 0 : (off - least_off) / row.sizes[i];
  });
}

double largest_activation(std::span<const float> x) {
  double largest = 0;
  for (const float value : x) largest = std::max(largest, std::fabs(double{value}));
  return largest < double{least_activation} ? 0 : largest;
}

double int8_rounding_error(std::span<const float> x, const int8_t* rounded, double scale, double largest) {
  double error = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double value = scale * rounded[i];
    if (std::isnan(value)) return value;
    error = std::max(error, largest == 0 ? (value == 0 ? 0.0 : 1.0) : std::fabs(value - x[i]) / largest);
  }
  return error;
}

}  // namespace weighin
