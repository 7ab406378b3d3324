// The check of a kernel's outputs against the reference. Kernels of the CPU, of GPUs and of other engines are
// all compared here; what they differ in (their tolerance, and where an output lies) they pass.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace weighin {

/// One value and the size of the terms it is made of, which a rounding error is relative to.
struct ReferenceValue {
  double value = 0;
  double size = 0;
};

/// What a comparison found.
struct Check {
  /// The largest error of an output, relative to the size of the terms that the output sums. NaN where an
  /// output is NaN, or where there are no outputs because the device failed.
  double error = 0;
  double tolerance = 0;  // the error that the format and the arithmetic allow

  bool right() const { return error <= tolerance; }  // false for NaN
};

/// The check of something that is right or wrong as a whole: a sum of integers, bytes that were copied.
inline Check exact_check(bool right) {
  return {right ? 0.0 : 1.0, 0};
}

/// The check of a kernel that gave no outputs, since the device failed.
inline Check failed_check(double tolerance) {
  return {std::numeric_limits<double>::quiet_NaN(), tolerance};
}

/// Output number `i` of the `samples` that are compared in place of all `count` outputs. Outputs are cut into
/// as many stretches as there are samples, and one is taken of each, at a place that differs from stretch to
/// stretch: a fixed step would meet the same row or the same token of a matrix again and again. The last
/// sample is the last output. `samples` is at least 1 and at most `count`.
constexpr uint64_t sampled_output(uint64_t i, uint64_t samples, uint64_t count) {
  constexpr uint64_t golden_ratio =
      0x9e3779b97f4a7c15;  // 2^64 / 1.618...: multiples spread evenly (Knuth, 6.4)
  const uint64_t first = i * count / samples, end = (i + 1) * count / samples;
  return i + 1 == samples ? count - 1 : first + (i * golden_ratio >> 32) % (end - first);
}

/// Compares `samples` of `count` outputs (at least one, at most all) with the reference. `error_of(output)`
/// returns the error of one output, relative to the size of its terms; outputs are asked for in rising order.
/// The first NaN ends the check, which then is wrong.
template <class ErrorOf>
Check check_outputs(uint64_t count, uint32_t samples, double tolerance, ErrorOf error_of) {
  Check check{0, tolerance};
  const uint64_t compared = std::clamp<uint64_t>(samples, 1, count);
  for (uint64_t i = 0; i < compared; ++i) {
    const double error = error_of(sampled_output(i, compared, count));
    if (std::isnan(error)) return {error, tolerance};
    check.error = std::max(check.error, error);
  }
  return check;
}

}  // namespace weighin
