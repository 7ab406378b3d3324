// q4_K: 256 values in 8 groups of 32; f16 d, f16 dmin, 12 bytes of 6-bit scales and mins, 128 bytes of
// nibbles: d * scale * q - dmin * min. Each 32 bytes of nibbles hold two groups, the first in the low ones.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/formats/codec.h"
#include "kernels/formats/half.h"
#include "kernels/formats/random_blocks.h"

namespace weighin {
namespace {

constexpr size_t scales_at = 4, nibbles_at = 16, block_bytes = 144;

struct ScaleAndMin {
  int scale, min;
};

/// Groups 0-3 have their scale and min in the low 6 bits of a byte each; groups 4-7 have 4 low bits in the
/// last four bytes and 2 high bits in the top of the first eight.
ScaleAndMin scale_and_min(const std::byte* block, uint32_t group) {
  const auto s = [&](uint32_t i) { return static_cast<int>(block[scales_at + i]); };
  if (group < 4) return {s(group) & 63, s(group + 4) & 63};
  return {(s(group + 4) & 15) | s(group - 4) >> 6 << 4, s(group + 4) >> 4 | s(group) >> 6 << 4};
}

void put_scale_and_min(std::byte* block, uint32_t group, int scale, int min) {
  const auto add = [&](uint32_t i, int bits) { block[scales_at + i] |= static_cast<std::byte>(bits); };
  if (group < 4) {
    add(group, scale);
    add(group + 4, min);
  } else {
    add(group + 4, (scale & 15) | (min & 15) << 4);
    add(group - 4, scale >> 4 << 6);
    add(group, min >> 4 << 6);
  }
}

void decode(const std::byte* block, double* values, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 256, block += block_bytes) {
    const double d = half_to_float(load_u16(block)), dmin = half_to_float(load_u16(block + 2));
    for (uint32_t i = 0; i < 256; ++i) {
      const uint32_t group = i / 32;
      const ScaleAndMin of = scale_and_min(block, group);
      const auto pair = static_cast<uint8_t>(block[nibbles_at + group / 2 * 32 + i % 32]);
      values[at + i] = d * of.scale * (group % 2 ? pair >> 4 : pair & 15) - dmin * of.min;
    }
  }
}

void encode(const float* values, std::byte* block, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 256, block += block_bytes) {
    float step[8], below[8], largest_step = 0, most_below = 0;
    for (uint32_t group = 0; group < 8; ++group) {
      const float* v = values + at + group * 32;
      const float low = std::min(0.F, *std::min_element(v, v + 32));
      step[group] = (std::max(0.F, *std::max_element(v, v + 32)) - low) / 15;
      below[group] = -low;
      largest_step = std::max(largest_step, step[group]);
      most_below = std::max(most_below, below[group]);
    }
    std::memset(block, 0, block_bytes);
    store_u16(block, float_to_half(largest_step / 63));
    store_u16(block + 2, float_to_half(most_below / 63));
    const float d = half_to_float(load_u16(block)), dmin = half_to_float(load_u16(block + 2));
    for (uint32_t group = 0; group < 8; ++group) {
      const float scale = d > 0 ? std::min(63.F, std::ceil(step[group] / d)) : 0;
      const float min = dmin > 0 ? std::min(63.F, std::nearbyint(below[group] / dmin)) : 0;
      put_scale_and_min(block, group, static_cast<int>(scale), static_cast<int>(min));
      for (uint32_t i = 0; i < 32; ++i) {
        const float above = values[at + group * 32 + i] + dmin * min;
        const auto q =
            static_cast<unsigned>(scale > 0 ? std::clamp(std::nearbyint(above / (d * scale)), 0.F, 15.F) : 0);
        block[nibbles_at + group / 2 * 32 + i] |= static_cast<std::byte>(q << (group % 2 * 4));
      }
    }
  }
}

void fill(std::byte* block, uint64_t blocks, Data data, Random& random) {
  for (; blocks > 0; --blocks, block += block_bytes) {
    const bool extreme = data == Data::adversarial;
    store_u16(block, extreme ? extreme_scale(random) : ordinary_half(random));
    store_u16(block + 2, extreme ? extreme_scale(random) : ordinary_half(random));
    if (!extreme) {
      random_bytes(block + scales_at, block_bytes - scales_at, random);
    } else if (zero_block(random)) {
      std::memset(block, 0, block_bytes);
    } else {
      extreme_bytes(block + scales_at, nibbles_at - scales_at, std::byte{0}, random);
      for (size_t at = nibbles_at; at < block_bytes; at += 32) {
        extreme_bytes(block + at, 32, std::byte{0}, random);
      }
    }
  }
}

void term_sizes(const std::byte* block, double* sizes, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 256, block += block_bytes) {
    const double d = std::fabs(half_to_float(load_u16(block)));
    const double dmin = std::fabs(half_to_float(load_u16(block + 2)));
    for (uint32_t i = 0; i < 256; ++i) {
      const uint32_t group = i / 32;
      const ScaleAndMin of = scale_and_min(block, group);
      const auto pair = static_cast<uint8_t>(block[nibbles_at + group / 2 * 32 + i % 32]);
      sizes[at + i] = d * of.scale * (group % 2 ? pair >> 4 : pair & 15) + dmin * of.min;
    }
  }
}

}  // namespace

const FormatCodec q4_K_codec{FormatId::q4_K, decode, encode, fill, term_sizes};

}  // namespace weighin
