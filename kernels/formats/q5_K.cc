// q5_K: 256 values in 8 groups of 32. A block is an f16 d, an f16 dmin, 12 bytes with the groups' 6-bit
// scales and mins, 32 bytes of fifth bits and 128 bytes of nibbles. A value is d * scale * q - dmin * min.
// The nibbles lie as in q4_K; bit g of byte l of the fifth bits belongs to value l of group g.
#include "kernels/formats/codec.h"
#include "kernels/formats/six_bit_scales.h"

namespace weighin {
namespace {

constexpr uint32_t high_at = 16, nibbles_at = 48, block_bytes = 176;

unsigned quant(const std::byte* block, uint32_t i) {
  const uint8_t pair = byte_at(block, nibbles_at + i / 64 * 32 + i % 32);
  const unsigned high = byte_at(block, high_at + i % 32) >> i / 32 & 1U;
  return (i / 32 % 2 ? pair >> 4U : pair & 15U) | high << 4;
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
    encode_scales_and_mins(values + at, block, 31, [&](uint32_t i, unsigned q) {
      block[nibbles_at + i / 64 * 32 + i % 32] |= static_cast<std::byte>((q & 15) << (i / 32 % 2 * 4));
      block[high_at + i % 32] |= static_cast<std::byte>(q >> 4 << i / 32);
    });
  }
}

void fill(std::byte* blocks, uint64_t count, Data data, Random& random) {
  constexpr std::byte zero{0};
  fill_blocks(blocks, count, block_bytes, data, random, {0, 2},
              {{six_bit_scales_at, six_bit_scales_bytes, zero},
               {high_at, 32, zero},
               {nibbles_at, 64, zero},
               {nibbles_at + 64, 64, zero}});
}

/// A unit holds the scales and mins, then [8] sets of five words, whose bytes c hold value 4 i + c of each
/// group. Five groups' values are in the low 5 bits. Above those lie the other three groups: the high 3 bits
/// of groups 5, 6 and 7 in the first, third and fifth word; the low 2 bits of groups 5 and 7 in the top 2
/// bits of the second and fourth word; and below those one bit each of group 6.
void pack(const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave to(block_bytes, packing, blocks, unit);
  pack_scales_and_mins(to);
  to.sets<5>(8, [](const std::byte* block, uint32_t i, uint32_t c) {
    unsigned q[8];
    for (uint32_t group = 0; group < 8; ++group) q[group] = quant(block, 32 * group + 4 * i + c);
    const unsigned above[5] = {q[5] >> 2, (q[6] >> 1 & 1) | (q[5] & 3) << 1, q[6] >> 2,
                               (q[6] & 1) | (q[7] & 3) << 1, q[7] >> 2};
    std::array<uint8_t, 5> bytes;
    for (size_t j = 0; j < 5; ++j) bytes[j] = static_cast<uint8_t>(q[j] | above[j] << 5);
    return bytes;
  });
}

}  // namespace

const FormatCodec q5_K_codec{FormatId::q5_K, decode, encode, fill, term_sizes, pack};

}  // namespace weighin
