// q4_K: 256 values in 8 groups of 32. A block is an f16 d, an f16 dmin, 12 bytes with the groups' 6-bit
// scales and mins, and 128 bytes of nibbles q. A value is d * scale * q - dmin * min. Each 32 bytes of
// nibbles hold two groups, the first in the low nibbles.
#include "kernels/formats/codec.h"
#include "kernels/formats/six_bit_scales.h"

namespace weighin {
namespace {

constexpr uint32_t nibbles_at = 16, block_bytes = 144;

unsigned quant(const std::byte* block, uint32_t i) {
  const uint8_t pair = byte_at(block, nibbles_at + i / 64 * 32 + i % 32);
  return i / 32 % 2 ? pair >> 4U : pair & 15U;
}

void decode(const std::byte* blocks, double* values, uint32_t k) {
  each_value<256, block_bytes>(blocks, values, k, [](const std::byte* block, uint32_t i) {
    const ScaleAndMin of = scale_and_min(block, i / 32);
    return half_at(block) * of.scale * quant(block, i) - half_at(block + 2) * of.min;
  });
}

void term_sizes(const std::byte* blocks, double* sizes, uint32_t k) {
  each_value<256, block_bytes>(blocks, sizes, k, [](const std::byte* block, uint32_t i) {
    const ScaleAndMin of = scale_and_min(block, i / 32);
    return std::fabs(half_at(block)) * of.scale * quant(block, i) + std::fabs(half_at(block + 2)) * of.min;
  });
}

void encode(const float* values, std::byte* block, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 256, block += block_bytes) {
    std::memset(block, 0, block_bytes);
    encode_scales_and_mins(values + at, block, 15, [&](uint32_t i, unsigned q) {
      block[nibbles_at + i / 64 * 32 + i % 32] |= static_cast<std::byte>(q << (i / 32 % 2 * 4));
    });
  }
}

void fill(std::byte* blocks, uint64_t count, Data data, Random& random) {
  constexpr std::byte zero{0};
  fill_blocks(blocks, count, block_bytes, data, random, {0, 2},
              {{six_bit_scales_at, six_bit_scales_bytes, zero},
               {nibbles_at, 32, zero},
               {nibbles_at + 32, 32, zero},
               {nibbles_at + 64, 32, zero},
               {nibbles_at + 96, 32, zero}});
}

/// A unit holds the scales and mins, then the nibbles in words.
void pack(const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave to(block_bytes, packing, blocks, unit);
  pack_scales_and_mins(to);
  to.field(nibbles_at, 32, 4);
}

}  // namespace

const FormatCodec q4_K_codec{FormatId::q4_K, decode, encode, fill, term_sizes, pack};

}  // namespace weighin
