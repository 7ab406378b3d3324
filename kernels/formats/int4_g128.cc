// int4_g128: 4-bit values in groups of 128, each group with an f16 scale d and a 4-bit zero point, as GPTQ
// and AWQ have them. A value is d * (q - zero). Those keep scales and zero points beside the values. Here a
// block is two groups: two scales, one byte of two zero points (the first in the low nibble), then the
// nibbles, 16 bytes for each 32 values, of which the low nibbles are the first 16.
#include <algorithm>
#include <cmath>

#include "kernels/formats/blocks.h"
#include "kernels/formats/codec.h"
#include "kernels/formats/interleave.h"

namespace weighin {
namespace {

constexpr uint32_t zeros_at = 4, nibbles_at = 5, block_bytes = 133;

double scale_of(const std::byte* block, uint32_t i) {
  return half_at(block + i / 128 * 2);
}
int zero_of(const std::byte* block, uint32_t i) {
  return byte_at(block, zeros_at) >> i / 128 * 4 & 15;
}
int quant(const std::byte* block, uint32_t i) {
  return static_cast<int>(nibble_of(block + nibbles_at + i / 32 * 16, i % 32));
}

void decode(const std::byte* blocks, double* values, uint32_t k) {
  each_value<256, block_bytes>(blocks, values, k, [](const std::byte* block, uint32_t i) {
    return scale_of(block, i) * (quant(block, i) - zero_of(block, i));
  });
}

void term_sizes(const std::byte* blocks, double* sizes, uint32_t k) {
  each_value<256, block_bytes>(blocks, sizes, k, [](const std::byte* block, uint32_t i) {
    return std::fabs(scale_of(block, i)) * (quant(block, i) + zero_of(block, i));
  });
}

void encode(const float* values, std::byte* block, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 256, block += block_bytes) {
    std::memset(block, 0, block_bytes);
    for (uint32_t g = 0; g < 2; ++g) {
      const float* v = values + at + 128 * g;
      const float low = std::min(0.F, *std::min_element(v, v + 128));
      store_u16(block + 2 * g, float_to_half((std::max(0.F, *std::max_element(v, v + 128)) - low) / 15));
      const float d = half_to_float(load_u16(block + 2 * g));
      const float zero = d > 0 ? std::clamp(std::nearbyint(-low / d), 0.F, 15.F) : 0;
      block[zeros_at] |= static_cast<std::byte>(static_cast<unsigned>(zero) << 4 * g);
      for (uint32_t i = 0; i < 128; ++i) {
        const float q = d > 0 ? std::clamp(std::nearbyint(v[i] / d) + zero, 0.F, 15.F) : 0;
        put_nibble(block + nibbles_at + (4 * g + i / 32) * 16, i % 32, static_cast<unsigned>(q));
      }
    }
  }
}

void fill(std::byte* blocks, uint64_t count, Data data, Random& random) {
  fill_blocks(
      blocks, count, block_bytes, data, random, {0, 2},
      {{zeros_at, 1, std::byte{0}}, {nibbles_at, 64, std::byte{0}}, {nibbles_at + 64, 64, std::byte{0}}});
}

/// A unit holds the scales [2][rows], the zero points [rows], then the nibbles in words.
void pack(const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave to(block_bytes, packing, blocks, unit);
  to.field(0, 2, 2);
  to.field(zeros_at, 1, 1);
  to.field(nibbles_at, 32, 4);
}

}  // namespace

const FormatCodec int4_g128_codec{FormatId::int4_g128, decode, encode, fill, term_sizes, pack};

}  // namespace weighin
