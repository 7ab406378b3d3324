// q3_K: 256 values in 16 groups of 16. A block is 32 bytes of high bits, 64 bytes of low pairs, 12 bytes of
// 6-bit scales and an f16 d. A value is d * (scale - 32) * (q - 4). In each half of 32 bytes, pair j of the
// bytes holds the values from 32 j on. Bit g of byte l of the high bits belongs to value 32 g + l. Of scale
// j, bits 0-3 are nibble j / 8 of byte j % 8, and bits 4-5 are pair j / 4 of byte 8 + j % 4 (ggml-quants.c,
// dequantize_row_q3_K).
#include <algorithm>
#include <cmath>

#include "kernels/formats/blocks.h"
#include "kernels/formats/codec.h"
#include "kernels/formats/interleave.h"

namespace weighin {
namespace {

constexpr uint32_t high_at = 0, pairs_at = 32, scales_at = 96, d_at = 108, block_bytes = 110;

unsigned high_bit(const std::byte* block, uint32_t i) {
  return byte_at(block, high_at + i % 32) >> i / 32 & 1U;
}
unsigned low_pair(const std::byte* block, uint32_t i) {
  return byte_at(block, pairs_at + i / 128 * 32 + i % 32) >> 2 * (i % 128 / 32) & 3U;
}
int quant(const std::byte* block, uint32_t i) {
  return static_cast<int>(low_pair(block, i) | high_bit(block, i) << 2);
}
/// The scale as it is stored: with 32 added.
unsigned scale_of(const std::byte* block, uint32_t j) {
  const unsigned low = byte_at(block, scales_at + j % 8) >> j / 8 * 4 & 15U;
  return low | (byte_at(block, scales_at + 8 + j % 4) >> j / 4 * 2 & 3U) << 4;
}
double step_of(const std::byte* block, uint32_t i) {
  return half_at(block + d_at) * (static_cast<int>(scale_of(block, i / 16)) - 32);
}

void decode(const std::byte* blocks, double* values, uint32_t k) {
  each_value<256, block_bytes>(blocks, values, k, [](const std::byte* block, uint32_t i) {
    return step_of(block, i) * (quant(block, i) - 4);
  });
}

void term_sizes(const std::byte* blocks, double* sizes, uint32_t k) {
  each_value<256, block_bytes>(blocks, sizes, k, [](const std::byte* block, uint32_t i) {
    return std::fabs(step_of(block, i)) * (quant(block, i) + 4);
  });
}

void encode(const float* values, std::byte* block, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 256, block += block_bytes) {
    float largest[16] = {}, all = 0;
    for (uint32_t i = 0; i < 256; ++i) {
      largest[i / 16] = std::max(largest[i / 16], std::fabs(values[at + i]));
      all = std::max(all, largest[i / 16]);
    }
    std::memset(block, 0, block_bytes);
    store_u16(block + d_at, float_to_half(all / 3 / 31));
    const float d = half_to_float(load_u16(block + d_at));
    for (uint32_t j = 0; j < 16; ++j) {
      const auto scale =
          static_cast<unsigned>(32 + (d > 0 ? std::min(31.F, std::ceil(largest[j] / 3 / d)) : 0));
      block[scales_at + j % 8] |= static_cast<std::byte>((scale & 15) << j / 8 * 4);
      block[scales_at + 8 + j % 4] |= static_cast<std::byte>(scale >> 4 << j / 4 * 2);
    }
    for (uint32_t i = 0; i < 256; ++i) {
      const auto step = static_cast<float>(step_of(block, i));
      const auto q = static_cast<unsigned>(
          step > 0 ? std::clamp(std::nearbyint(values[at + i] / step) + 4, 0.F, 7.F) : 4);
      block[pairs_at + i / 128 * 32 + i % 32] |= static_cast<std::byte>((q & 3) << 2 * (i % 128 / 32));
      block[high_at + i % 32] |= static_cast<std::byte>(q >> 2 << i / 32);
    }
  }
}

void fill(std::byte* blocks, uint64_t count, Data data, Random& random) {
  fill_blocks(blocks, count, block_bytes, data, random, {d_at},
              {{high_at, 32, std::byte{0xff}},
               {pairs_at, 64, std::byte{0}},
               {scales_at, 8, std::byte{0}},
               {scales_at + 8, 4, std::byte{0xaa}}});  // all scales are 32
}

/// A unit holds d. Then three numbers with the scales less 32; each half of a number is of one half of the
/// groups. From the top, their first 6 bits are of groups 0 and 1 (first number), 3 and 4 (second), 6 and 7
/// (third). Below them lie in the first two numbers the low 4 bits of groups 2 and 5, and in the third the
/// high 2 bits of both. Then [8] sets of three words, whose bytes c hold value 4 i + c of each group: two
/// groups' values in the low 3 bits and the next 3. Groups 6 and 7 lie in the top 2 bits: the first word has
/// the high bits of group 6, the third those of group 7, and the second the low bit of both.
void pack(const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave to(block_bytes, packing, blocks, unit);
  to.field(d_at, 1, 2);
  to.ints(3, [](const std::byte* block, uint32_t i) {
    uint32_t all = 0;
    for (uint32_t half = 0; half < 2; ++half) {
      const auto of = [block, half](uint32_t group) { return scale_of(block, 2 * group + half) ^ 32U; };
      const uint32_t last = i < 2 ? of(3 * i + 2) & 15 : of(2) >> 4 << 2 | of(5) >> 4;
      all |= (of(3 * i) << 10 | of(3 * i + 1) << 4 | last) << 16 * half;
    }
    return all;
  });
  to.sets<3>(8, [](const std::byte* block, uint32_t i, uint32_t c) {
    unsigned q[8];
    for (uint32_t group = 0; group < 8; ++group) {
      const uint32_t at = 32 * group + 4 * i + c;
      q[group] = low_pair(block, at) | high_bit(block, at) << 2;
    }
    const unsigned above[3] = {q[6] >> 1, (q[6] & 1) | (q[7] & 1) << 1, q[7] >> 1};
    std::array<uint8_t, 3> bytes;
    for (size_t j = 0; j < 3; ++j) {
      bytes[j] = static_cast<uint8_t>(q[2 * j] | q[2 * j + 1] << 3 | above[j] << 6);
    }
    return bytes;
  });
}

}  // namespace

const FormatCodec q3_K_codec{FormatId::q3_K, decode, encode, fill, term_sizes, pack};

}  // namespace weighin
