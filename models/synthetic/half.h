// IEEE binary16.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace weighin {

/// `value` in binary16, its fraction cut off and not rounded. Magnitudes are limited to the normal numbers:
/// 2^-14 to 65504.
inline uint16_t half_of(double value) {
  const uint16_t sign = value < 0 ? 0x8000 : 0;
  const double magnitude = std::clamp(std::fabs(value), 0x1p-14, 65504.0);
  int exponent = 0;
  const double fraction = std::frexp(magnitude, &exponent);  // in [0.5, 1)
  const auto mantissa = static_cast<uint16_t>((fraction * 2 - 1) * 1024);
  return static_cast<uint16_t>(sign | static_cast<uint16_t>((exponent + 14) << 10) | mantissa);
}

}  // namespace weighin
