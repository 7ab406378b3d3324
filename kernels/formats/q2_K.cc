// q2_K: 256 values in 16 groups of 16. A block is 16 bytes with the groups' scales (low nibbles) and mins
// (high nibbles), 64 bytes of 2-bit pairs q, an f16 d and an f16 dmin. A value is d * scale * q - dmin * min.
// In each half of 32 bytes, pair j of the bytes holds the values from 32 j on.
#include <algorithm>
#include <cmath>

#include "kernels/formats/blocks.h"
#include "kernels/formats/codec.h"
#include "kernels/formats/interleave.h"

namespace weighin {
namespace {

constexpr uint32_t scales_at = 0, pairs_at = 16, d_at = 80, dmin_at = 82, block_bytes = 84;

unsigned quant(const std::byte* block, uint32_t i) {
  return byte_at(block, pairs_at + i / 128 * 32 + i % 32) >> 2 * (i % 128 / 32) & 3U;
}
double scale_of(const std::byte* block, uint32_t i) {
  return half_at(block + d_at) * (byte_at(block, scales_at + i / 16) & 15);
}
double min_of(const std::byte* block, uint32_t i) {
  return half_at(block + dmin_at) * (byte_at(block, scales_at + i / 16) >> 4);
}

void decode(const std::byte* blocks, double* values, uint32_t k) {
  each_value<256, block_bytes>(blocks, values, k, [](const std::byte* block, uint32_t i) {
    return scale_of(block, i) * quant(block, i) - min_of(block, i);
  });
}

void term_sizes(const std::byte* blocks, double* sizes, uint32_t k) {
  each_value<256, block_bytes>(blocks, sizes, k, [](const std::byte* block, uint32_t i) {
    return std::fabs(scale_of(block, i)) * quant(block, i) + std::fabs(min_of(block, i));
  });
}

void encode(const float* values, std::byte* block, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 256, block += block_bytes) {
    float step[16], below[16], largest_step = 0, most_below = 0;
    for (uint32_t j = 0; j < 16; ++j) {
      const float* v = values + at + 16 * j;
      const float low = std::min(0.F, *std::min_element(v, v + 16));
      step[j] = (std::max(0.F, *std::max_element(v, v + 16)) - low) / 3;
      below[j] = -low;
      largest_step = std::max(largest_step, step[j]);
      most_below = std::max(most_below, below[j]);
    }
    std::memset(block, 0, block_bytes);
    store_u16(block + d_at, float_to_half(largest_step / 15));
    store_u16(block + dmin_at, float_to_half(most_below / 15));
    const float d = half_to_float(load_u16(block + d_at)), dmin = half_to_float(load_u16(block + dmin_at));
    for (uint32_t j = 0; j < 16; ++j) {
      const float scale = d > 0 ? std::min(15.F, std::ceil(step[j] / d)) : 0;
      const float min = dmin > 0 ? std::min(15.F, std::nearbyint(below[j] / dmin)) : 0;
      block[scales_at + j] =
          static_cast<std::byte>(static_cast<unsigned>(scale) | static_cast<unsigned>(min) << 4);
      for (uint32_t i = 16 * j; i < 16 * (j + 1); ++i) {
        const float above = values[at + i] + dmin * min;
        const auto q =
            static_cast<unsigned>(scale > 0 ? std::clamp(std::nearbyint(above / (d * scale)), 0.F, 3.F) : 0);
        block[pairs_at + i / 128 * 32 + i % 32] |= static_cast<std::byte>(q << 2 * (i % 128 / 32));
      }
    }
  }
}

void fill(std::byte* blocks, uint64_t count, Data data, Random& random) {
  constexpr std::byte zero{0};
  fill_blocks(blocks, count, block_bytes, data, random, {d_at, dmin_at},
              {{scales_at, 16, zero}, {pairs_at, 32, zero}, {pairs_at + 32, 32, zero}});
}

/// A unit holds d and dmin. Then four numbers with the scales and mins of two groups each: bytes 0 and 2 are
/// the first group's, bytes 1 and 3 the second's. Then the pairs in words.
void pack(const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave to(block_bytes, packing, blocks, unit);
  to.field(d_at, 2, 2);
  to.words(4, [](const std::byte* block, uint32_t i, uint32_t c) {
    return byte_at(block, scales_at + 4 * i + 2 * (c % 2) + c / 2);
  });
  to.field(pairs_at, 16, 4);
}

}  // namespace

const FormatCodec q2_K_codec{FormatId::q2_K, decode, encode, fill, term_sizes, pack};

}  // namespace weighin
