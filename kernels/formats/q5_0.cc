// q5_0: 32 values, an f16 scale d, 4 bytes of fifth bits (bit i belongs to value i) and 16 bytes of nibbles,
// of which the low ones are the first 16 values. A value is d * (q - 16).
#include <algorithm>
#include <cmath>

#include "kernels/formats/blocks.h"
#include "kernels/formats/codec.h"
#include "kernels/formats/interleave.h"

namespace weighin {
namespace {

constexpr uint32_t high_at = 2, nibbles_at = 6, block_bytes = 22;

unsigned high_bit(const std::byte* block, uint32_t i) {
  return byte_at(block, high_at + i / 8) >> i % 8 & 1U;
}

int quant(const std::byte* block, uint32_t i) {
  return static_cast<int>(nibble_of(block + nibbles_at, i) | high_bit(block, i) << 4);
}

void decode(const std::byte* blocks, double* values, uint32_t k) {
  each_value<32, block_bytes>(blocks, values, k, [](const std::byte* block, uint32_t i) {
    return half_at(block) * (quant(block, i) - 16);
  });
}

void term_sizes(const std::byte* blocks, double* sizes, uint32_t k) {
  each_value<32, block_bytes>(blocks, sizes, k, [](const std::byte* block, uint32_t i) {
    return std::fabs(half_at(block)) * (quant(block, i) + 16);
  });
}

void encode(const float* values, std::byte* block, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 32, block += block_bytes) {
    float largest = 0;
    for (uint32_t i = 0; i < 32; ++i) largest = std::max(largest, std::fabs(values[at + i]));
    std::memset(block, 0, block_bytes);
    store_u16(block, float_to_half(largest / 15));
    const float d = half_to_float(load_u16(block));
    for (uint32_t i = 0; i < 32; ++i) {
      const float q = d > 0 ? std::clamp(std::nearbyint(values[at + i] / d) + 16, 0.F, 31.F) : 16;
      const auto bits = static_cast<unsigned>(q);
      put_nibble(block + nibbles_at, i, bits & 15);
      block[high_at + i / 8] |= static_cast<std::byte>(bits >> 4 << i % 8);
    }
  }
}

void fill(std::byte* blocks, uint64_t count, Data data, Random& random) {
  fill_blocks(blocks, count, block_bytes, data, random, {0},
              {{high_at, 4, std::byte{0xff}}, {nibbles_at, 16, std::byte{0}}});
}

/// A unit holds d, the fifth bits, then the nibbles in words.
void pack(const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave to(block_bytes, packing, blocks, unit);
  to.field(0, 1, 2);
  to.bits(high_bit);
  to.field(nibbles_at, 4, 4);
}

}  // namespace

const FormatCodec q5_0_codec{FormatId::q5_0, decode, encode, fill, term_sizes, pack};

}  // namespace weighin
