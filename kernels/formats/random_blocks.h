// Parts of random blocks, which several formats share.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/formats/data.h"
#include "kernels/formats/half.h"

namespace weighin {

inline void random_bytes(std::byte* to, uint64_t count, Random& random) {
  for (uint64_t at = 0; at < count; at += sizeof(uint64_t)) {
    const uint64_t word = random();
    std::memcpy(to + at, &word, std::min<uint64_t>(sizeof word, count - at));
  }
}

/// A random f16 of ordinary size: positive, from 2^-7 to 2^-3.
inline uint16_t ordinary_half(Random& random) {
  const auto bits = random();
  return static_cast<uint16_t>((8 + (bits & 3)) << 10 | (bits >> 8 & 0x3ff));
}

/// An f16 scale at an end of its range: the least and largest denormals and the least and largest normal
/// numbers, of either sign; zeros; and beside them ordinary ones of either sign.
inline uint16_t extreme_scale(Random& random) {
  constexpr std::array<uint16_t, 6> sizes{0x0001, 0x03ff, 0x0400, 0x7bff, 0x0000, 0x2c00};
  const auto bits = random();
  return static_cast<uint16_t>(sizes[bits % sizes.size()] | (bits >> 63) << 15);
}

/// Quantized values at the ends of their range: all alike, two in turn, one among zeros, or anything. `zero`
/// is the byte whose values decode to 0.
inline void extreme_bytes(std::byte* to, size_t count, std::byte zero, Random& random) {
  constexpr std::array<uint8_t, 6> ends{0x00, 0xff, 0x80, 0x7f, 0x0f, 0xf0};
  const auto end = [&] { return static_cast<std::byte>(ends[random() % ends.size()]); };
  const auto kind = random() % 5;
  if (kind == 4) return random_bytes(to, count, random);
  const std::byte even = kind == 0 || kind == 3 ? zero : end(), odd = kind == 2 ? end() : even;
  for (size_t i = 0; i < count; ++i) to[i] = i % 2 ? odd : even;
  if (kind == 3) to[random() % count] = end();
}

/// Whether an adversarial block is all zero bytes: one in 16 is.
inline bool zero_block(Random& random) {
  return random() % 16 == 0;
}

/// The ends of the range of a binary floating-point format, as bits.
template <class Bits>
struct FloatEnds {
  Bits sign;       // the sign bit
  Bits denormals;  // the mantissa bits: the largest denormal
  Bits large;      // a large value, with which products and sums of thousands stay finite
  Bits (*ordinary)(Random& random);
};

/// Fills in `count` values: ordinary ones, or runs of 32 values of one adversarial kind each.
template <class Bits>
void fill_floats(std::byte* bytes, uint64_t count, Data data, const FloatEnds<Bits>& ends, Random& random) {
  uint64_t kind = 0, single = 0;
  for (uint64_t i = 0; i < count; ++i, bytes += sizeof(Bits)) {
    if (i % 32 == 0) {
      kind = data == Data::ordinary ? 0 : random() % 5;
      single = random() % 32;
    }
    Bits value = 0;
    if (kind == 0) {
      value = ends.ordinary(random);
    } else if (kind == 1) {
      value = static_cast<Bits>((random() & 1 ? ends.sign : 0) | (random() & ends.denormals));
    } else if (kind == 2) {
      value = static_cast<Bits>((i % 2 ? ends.sign : 0) | ends.large);
    } else if (kind == 3) {
      value = i % 32 == single ? ends.large : Bits{0};
    } else {
      value = random() & 1 ? ends.sign : Bits{0};  // zeros of either sign
    }
    std::memcpy(bytes, &value, sizeof value);
  }
}

/// A random float of ordinary size, from 2^-4 to 1, of either sign. Its high half is a bf16 of the same kind.
inline uint32_t ordinary_float(Random& random) {
  const auto bits = random();
  return static_cast<uint32_t>((bits & 1) << 31 | (123 + (bits >> 1 & 3)) << 23 | (bits >> 8 & 0x7fffff));
}

}  // namespace weighin
