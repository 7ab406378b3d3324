// q4_1: 32 values, an f16 scale d, an f16 offset m and 16 bytes of nibbles q, of which the low ones are the
// first 16 values. A value is d * q + m.
#include <algorithm>
#include <cmath>

#include "kernels/formats/blocks.h"
#include "kernels/formats/codec.h"
#include "kernels/formats/interleave.h"

namespace weighin {
namespace {

constexpr uint32_t offset_at = 2, nibbles_at = 4, block_bytes = 20;

void decode(const std::byte* blocks, double* values, uint32_t k) {
  each_value<32, block_bytes>(blocks, values, k, [](const std::byte* block, uint32_t i) {
    return half_at(block) * nibble_of(block + nibbles_at, i) + half_at(block + offset_at);
  });
}

void term_sizes(const std::byte* blocks, double* sizes, uint32_t k) {
  each_value<32, block_bytes>(blocks, sizes, k, [](const std::byte* block, uint32_t i) {
    return std::fabs(half_at(block)) * nibble_of(block + nibbles_at, i) +
           std::fabs(half_at(block + offset_at));
  });
}

void encode(const float* values, std::byte* block, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 32, block += block_bytes) {
    const auto [low, high] = std::minmax_element(values + at, values + at + 32);
    std::memset(block, 0, block_bytes);
    store_u16(block, float_to_half((*high - *low) / 15));
    store_u16(block + offset_at, float_to_half(*low));
    const float d = half_to_float(load_u16(block)), m = half_to_float(load_u16(block + offset_at));
    for (uint32_t i = 0; i < 32; ++i) {
      const float q = d > 0 ? std::clamp(std::nearbyint((values[at + i] - m) / d), 0.F, 15.F) : 0;
      put_nibble(block + nibbles_at, i, static_cast<unsigned>(q));
    }
  }
}

void fill(std::byte* blocks, uint64_t count, Data data, Random& random) {
  fill_blocks(blocks, count, block_bytes, data, random, {0, offset_at}, {{nibbles_at, 16, std::byte{0}}});
}

/// A unit holds d, m, then the nibbles in words.
void pack(const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave to(block_bytes, packing, blocks, unit);
  to.field(0, 2, 2);
  to.field(nibbles_at, 4, 4);
}

}  // namespace

const FormatCodec q4_1_codec{FormatId::q4_1, decode, encode, fill, term_sizes, pack};

}  // namespace weighin
