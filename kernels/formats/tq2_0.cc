// tq2_0: 256 ternary values (1.58 bits) in 2 bits each. A block is 64 bytes of pairs q and an f16 d. A value
// is d * (q - 1), and q is at most 2. In each half of 32 bytes, pair j of the bytes holds the values from 32
// j on. (q = 3 means 2 d, as ggml reads it; no quantizer writes it.)
#include <algorithm>
#include <cmath>

#include "kernels/formats/blocks.h"
#include "kernels/formats/codec.h"
#include "kernels/formats/interleave.h"

namespace weighin {
namespace {

constexpr uint32_t pairs_at = 0, d_at = 64, block_bytes = 66;

int quant(const std::byte* block, uint32_t i) {
  return byte_at(block, pairs_at + i / 128 * 32 + i % 32) >> 2 * (i % 128 / 32) & 3;
}

void decode(const std::byte* blocks, double* values, uint32_t k) {
  each_value<256, block_bytes>(blocks, values, k, [](const std::byte* block, uint32_t i) {
    return half_at(block + d_at) * (quant(block, i) - 1);
  });
}

void term_sizes(const std::byte* blocks, double* sizes, uint32_t k) {
  each_value<256, block_bytes>(blocks, sizes, k, [](const std::byte* block, uint32_t i) {
    return std::fabs(half_at(block + d_at)) * (quant(block, i) + 1);
  });
}

void put(std::byte* block, uint32_t i, unsigned q) {
  block[pairs_at + i / 128 * 32 + i % 32] |= static_cast<std::byte>(q << 2 * (i % 128 / 32));
}

void encode(const float* values, std::byte* block, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 256, block += block_bytes) {
    float largest = 0;
    for (uint32_t i = 0; i < 256; ++i) largest = std::max(largest, std::fabs(values[at + i]));
    std::memset(block, 0, block_bytes);
    store_u16(block + d_at, float_to_half(largest));
    const float d = half_to_float(load_u16(block + d_at));
    for (uint32_t i = 0; i < 256; ++i) {
      put(block, i,
          static_cast<unsigned>(d > 0 ? std::clamp(std::nearbyint(values[at + i] / d) + 1, 0.F, 2.F) : 1));
    }
  }
}

/// Ordinary blocks hold -1, 0 and 1 equally often; adversarial ones hold any bits.
void fill(std::byte* blocks, uint64_t count, Data data, Random& random) {
  fill_blocks(blocks, count, block_bytes, data, random, {d_at}, {{pairs_at, 64, std::byte{0x55}}});
  if (data == Data::adversarial) return;
  for (; count > 0; --count, blocks += block_bytes) {
    std::memset(blocks + pairs_at, 0, 64);
    for (uint32_t i = 0; i < 256; ++i) put(blocks, i, static_cast<unsigned>(random() % 3));
  }
}

/// A unit holds d, then the pairs in words.
void pack(const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave to(block_bytes, packing, blocks, unit);
  to.field(d_at, 1, 2);
  to.field(pairs_at, 16, 4);
}

}  // namespace

const FormatCodec tq2_0_codec{FormatId::tq2_0, decode, encode, fill, term_sizes, pack};

}  // namespace weighin
