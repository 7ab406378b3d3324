// Conversions of 16-bit floats. They are written by hand, because not every compiler that weighin is built
// with has C++ types for these.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weighin {

/// The exact value of the IEEE 754 binary16 number with these bits. Infinities and NaN stay what they are.
inline float half_to_float(uint16_t bits) {
  const uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16, mantissa = bits & 0x3ff;
  const uint32_t exponent = bits >> 10 & 0x1f;
  if (exponent == 0) {  // zero and denormals are multiples of 2^-24
    const float size = static_cast<float>(mantissa) * 0x1p-24F;
    return sign ? -size : size;
  }
  const uint32_t wide = exponent == 0x1f ? 0xff : exponent + (127 - 15);
  return std::bit_cast<float>(sign | wide << 23 | mantissa << 13);
}

/// The nearest binary16 number; ties go to even. What is too large becomes infinity, and NaN stays NaN.
inline uint16_t float_to_half(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  const uint32_t sign = bits >> 16 & 0x8000, size = bits & 0x7fffffff;
  if (size > 0x7f800000) return static_cast<uint16_t>(sign | 0x7e00);
  if (size >= 0x477ff000) return static_cast<uint16_t>(sign | 0x7c00);  // from 65520 on
  if (size < 0x38800000) {  // below 2^-14, adding 0.5 leaves the rounded multiple of 2^-24 in the mantissa
    const auto shifted = std::bit_cast<uint32_t>(std::bit_cast<float>(size) + 0.5F);
    return static_cast<uint16_t>(sign | (shifted - std::bit_cast<uint32_t>(0.5F)));
  }
  const uint32_t rounded = size + 0xfff + (size >> 13 & 1);
  return static_cast<uint16_t>(sign | ((rounded - (uint32_t{127 - 15} << 23)) >> 13));
}

/// A bfloat16 number is the high half of a float.
inline float bf16_to_float(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

/// The nearest bfloat16 number; ties go to even. NaN stays NaN.
inline uint16_t float_to_bf16(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  if ((bits & 0x7fffffff) > 0x7f800000) return static_cast<uint16_t>(bits >> 16 | 0x40);
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

inline uint16_t load_u16(const std::byte* at) {
  uint16_t bits = 0;
  std::memcpy(&bits, at, sizeof bits);
  return bits;
}

inline void store_u16(std::byte* at, uint16_t bits) {
  std::memcpy(at, &bits, sizeof bits);
}

}  // namespace weighin
