// iq4_xs: 256 values in 8 groups of 32. A block is an f16 d, 2 bytes with the high 2 bits of the groups'
// scales, 4 bytes with their low nibbles, and 128 bytes of nibbles q, 16 a group, of which the low ones are
// its first 16 values. A value is d * (scale - 32) * iq4_values[q].
#include <algorithm>
#include <cmath>

#include "kernels/formats/blocks.h"
#include "kernels/formats/codebook.h"
#include "kernels/formats/codec.h"
#include "kernels/formats/interleave.h"

namespace weighin {
namespace {

constexpr uint32_t high_at = 2, low_at = 4, nibbles_at = 8, block_bytes = 136;

/// The scale as it is stored: with 32 added.
unsigned scale_of(const std::byte* block, uint32_t group) {
  const unsigned low = byte_at(block, low_at + group / 2) >> group % 2 * 4 & 15U;
  return low | (load_u16(block + high_at) >> 2 * group & 3U) << 4;
}
double step_of(const std::byte* block, uint32_t i) {
  return half_at(block) * (static_cast<int>(scale_of(block, i / 32)) - 32);
}
double value_of(const std::byte* block, uint32_t i) {
  return iq4_values[nibble_of(block + nibbles_at + i / 32 * 16, i % 32)];
}

void decode(const std::byte* blocks, double* values, uint32_t k) {
  each_value<256, block_bytes>(blocks, values, k, [](const std::byte* block, uint32_t i) {
    return step_of(block, i) * value_of(block, i);
  });
}

/// Byte products of unsigned by signed numbers (VNNI) take a table's value v as v + 128, and subtract 128
/// times the activations.
void term_sizes(const std::byte* blocks, double* sizes, uint32_t k) {
  each_value<256, block_bytes>(blocks, sizes, k, [](const std::byte* block, uint32_t i) {
    return std::fabs(step_of(block, i)) * (std::fabs(value_of(block, i)) + 128);
  });
}

void encode(const float* values, std::byte* block, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 256, block += block_bytes) {
    float largest[8] = {}, all = 0;
    for (uint32_t i = 0; i < 256; ++i) {
      largest[i / 32] = std::max(largest[i / 32], std::fabs(values[at + i]));
      all = std::max(all, largest[i / 32]);
    }
    std::memset(block, 0, block_bytes);
    store_u16(block, float_to_half(all / 113 / 31));  // 113 is the smaller end of the table
    const float d = half_to_float(load_u16(block));
    unsigned high = 0;
    for (uint32_t g = 0; g < 8; ++g) {
      const auto scale =
          static_cast<unsigned>(32 + (d > 0 ? std::min(31.F, std::ceil(largest[g] / 113 / d)) : 0));
      block[low_at + g / 2] |= static_cast<std::byte>((scale & 15) << g % 2 * 4);
      high |= scale >> 4 << 2 * g;
    }
    store_u16(block + high_at, static_cast<uint16_t>(high));
    for (uint32_t i = 0; i < 256; ++i) {
      const auto step = static_cast<float>(step_of(block, i));
      put_nibble(block + nibbles_at + i / 32 * 16, i % 32,
                 nearest_in(iq4_values, step > 0 ? values[at + i] / step : 0));
    }
  }
}

void fill(std::byte* blocks, uint64_t count, Data data, Random& random) {
  fill_blocks(blocks, count, block_bytes, data, random, {0},
              {{high_at, 2, std::byte{0xaa}},
               {low_at, 4, std::byte{0}},
               {nibbles_at, 64, std::byte{0x88}},
               {nibbles_at + 64, 64, std::byte{0x88}}});
}

/// A unit holds d. Then, of the scales less 32, the high 2 bits of the even groups [rows] and of the odd
/// groups [rows], and a number with the low 4 bits of the even and then of the odd groups. Then the nibbles
/// of two groups a word, the second group's in the high ones.
void pack(const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave to(block_bytes, packing, blocks, unit);
  to.field(0, 1, 2);
  to.bytes(2, [](const std::byte* block, uint32_t odd) {
    unsigned all = 0;
    for (uint32_t p = 0; p < 4; ++p) all |= (scale_of(block, 2 * p + odd) ^ 32U) >> 4 << 2 * p;
    return all;
  });
  to.ints(1, [](const std::byte* block, uint32_t) {
    uint32_t all = 0;
    for (uint32_t g = 0; g < 8; ++g) all |= (scale_of(block, g) & 15U) << (g / 2 * 4 + g % 2 * 16);
    return all;
  });
  to.words(32, [](const std::byte* block, uint32_t word, uint32_t c) {
    const uint32_t at = word % 8 * 4 + c;
    const std::byte* two = block + nibbles_at + word / 8 * 32;
    return nibble_of(two, at) | nibble_of(two + 16, at) << 4;
  });
}

}  // namespace

const FormatCodec iq4_xs_codec{FormatId::iq4_xs, decode, encode, fill, term_sizes, pack};

}  // namespace weighin
