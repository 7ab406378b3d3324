// The scales and mins of q4_K and q5_K: eight of each, of 6 bits, in 12 bytes from byte 4 of a block on,
// behind d and dmin. Groups 0-3 have theirs in the low 6 bits of one byte each. Groups 4-7 have the low 4
// bits in the last four bytes, and the high 2 bits in the top of the first eight (ggml-quants.c,
// get_scale_min_k4).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "kernels/formats/blocks.h"
#include "kernels/formats/interleave.h"

namespace weighin {

struct ScaleAndMin {
  int scale, min;
};

inline constexpr uint32_t six_bit_scales_at = 4, six_bit_scales_bytes = 12;

inline ScaleAndMin scale_and_min(const std::byte* block, uint32_t group) {
  const auto s = [&](uint32_t i) { return static_cast<int>(byte_at(block, six_bit_scales_at + i)); };
  if (group < 4) return {s(group) & 63, s(group + 4) & 63};
  return {(s(group + 4) & 15) | s(group - 4) >> 6 << 4, s(group + 4) >> 4 | s(group) >> 6 << 4};
}

inline void put_scale_and_min(std::byte* block, uint32_t group, int scale, int min) {
  const auto add = [&](uint32_t i, int bits) {
    block[six_bit_scales_at + i] |= static_cast<std::byte>(bits);
  };
  if (group < 4) {
    add(group, scale);
    add(group + 4, min);
  } else {
    add(group + 4, (scale & 15) | (min & 15) << 4);
    add(group - 4, scale >> 4 << 6);
    add(group, min >> 4 << 6);
  }
}

/// Writes d, dmin, scales and mins for 256 values into a block of zeros, for quants from 0 to `levels`; then
/// calls put(i, q) for each value. Scales are rounded up, so that no value is cut off.
template <class Put>
void encode_scales_and_mins(const float* values, std::byte* block, float levels, Put put) {
  float step[8], below[8], largest_step = 0, most_below = 0;
  for (uint32_t group = 0; group < 8; ++group) {
    const float* v = values + group * 32;
    const float low = std::min(0.F, *std::min_element(v, v + 32));
    step[group] = (std::max(0.F, *std::max_element(v, v + 32)) - low) / levels;
    below[group] = -low;
    largest_step = std::max(largest_step, step[group]);
    most_below = std::max(most_below, below[group]);
  }
  store_u16(block, float_to_half(largest_step / 63));
  store_u16(block + 2, float_to_half(most_below / 63));
  const float d = half_to_float(load_u16(block)), dmin = half_to_float(load_u16(block + 2));
  for (uint32_t group = 0; group < 8; ++group) {
    const float scale = d > 0 ? std::min(63.F, std::ceil(step[group] / d)) : 0;
    const float min = dmin > 0 ? std::min(63.F, std::nearbyint(below[group] / dmin)) : 0;
    put_scale_and_min(block, group, static_cast<int>(scale), static_cast<int>(min));
    for (uint32_t i = group * 32; i < (group + 1) * 32; ++i) {
      const float q =
          scale > 0 ? std::clamp(std::nearbyint((values[i] + dmin * min) / (d * scale)), 0.F, levels) : 0;
      put(i, static_cast<unsigned>(q));
    }
  }
}

/// Writes d, dmin and three numbers. Kernels take all 8 mins from these as four pairs of int16, an even
/// group's in the low half. Byte g % 4 of number g / 4 begins with scale g, so the first two numbers hold the
/// scales. The halves of the third hold mins of even and of odd groups: 6 bits of the first pair, 6 bits of
/// the second, the low 4 bits of the third. The rest lies in the top 2 bits of the scales' bytes, which come
/// as (even, odd) too: the high 2 bits of the third pair, and three times 2 bits of the fourth.
inline void pack_scales_and_mins(Interleave& to) {
  to.field(0, 2, 2);
  to.ints(3, [](const std::byte* block, uint32_t i) {
    const auto scale = [block](uint32_t g) { return static_cast<uint32_t>(scale_and_min(block, g).scale); };
    const auto min = [block](uint32_t g) { return static_cast<uint32_t>(scale_and_min(block, g).min); };
    uint32_t all = 0;
    for (uint32_t odd = 0; odd < 2; ++odd) {
      const uint32_t third = min(4 + odd), fourth = min(6 + odd), first_scale = 4 * i + 2 * odd;
      if (i == 2) {
        all |= (min(odd) | min(2 + odd) << 6 | (third & 15) << 12) << 16 * odd;
        continue;
      }
      const uint32_t first_top = i == 0 ? third >> 4 : fourth >> 2 & 3;
      const uint32_t second_top = i == 0 ? fourth & 3 : fourth >> 4;
      all |= (scale(first_scale) | first_top << 6 | scale(first_scale + 1) << 8 | second_top << 14)
             << 16 * odd;
    }
    return all;
  });
}

}  // namespace weighin
