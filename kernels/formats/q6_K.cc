// q6_K: 256 values in 16 groups of 16. A block is 128 bytes of low nibbles, 64 bytes of high bit pairs, 16
// int8 scales and an f16 d. A value is d * scale * (q - 32). In each half of 128 values, the values l, l +
// 32, l + 64 and l + 96 are kept together.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/formats/codec.h"
#include "kernels/formats/half.h"
#include "kernels/formats/interleave.h"
#include "kernels/formats/random_blocks.h"

namespace weighin {
namespace {

constexpr size_t high_at = 128, scales_at = 192, d_at = 208, block_bytes = 210;

void decode(const std::byte* block, double* values, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 256, block += block_bytes) {
    const double d = half_to_float(load_u16(block + d_at));
    for (uint32_t i = 0; i < 256; ++i) {
      const uint32_t half = i / 128, quarter = i % 128 / 32, l = i % 32;
      const auto low = static_cast<uint8_t>(block[half * 64 + (quarter & 1) * 32 + l]);
      const auto high = static_cast<uint8_t>(block[high_at + half * 32 + l]);
      const int q = (quarter < 2 ? low & 15 : low >> 4) | (high >> (2 * quarter) & 3) << 4;
      values[at + i] = d * static_cast<int8_t>(block[scales_at + i / 16]) * (q - 32);
    }
  }
}

void encode(const float* values, std::byte* block, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 256, block += block_bytes) {
    float largest[16] = {}, all = 0;
    for (uint32_t i = 0; i < 256; ++i) {
      largest[i / 16] = std::max(largest[i / 16], std::fabs(values[at + i]));
      all = std::max(all, largest[i / 16]);
    }
    std::memset(block, 0, block_bytes);
    store_u16(block + d_at, float_to_half(all / 31 / 127));
    const float d = half_to_float(load_u16(block + d_at));
    for (uint32_t i = 0; i < 256; ++i) {
      const float scale = d > 0 ? std::min(127.F, std::ceil(largest[i / 16] / 31 / d)) : 0;
      block[scales_at + i / 16] = static_cast<std::byte>(scale);
      const float step = d * scale;
      const auto q = static_cast<unsigned>(
          step > 0 ? std::clamp(std::nearbyint(values[at + i] / step) + 32, 0.F, 63.F) : 32);
      const uint32_t half = i / 128, quarter = i % 128 / 32, l = i % 32;
      block[half * 64 + (quarter & 1) * 32 + l] |= static_cast<std::byte>((q & 15) << (quarter < 2 ? 0 : 4));
      block[high_at + half * 32 + l] |= static_cast<std::byte>((q >> 4) << (2 * quarter));
    }
  }
}

void fill(std::byte* block, uint64_t blocks, Data data, Random& random) {
  for (; blocks > 0; --blocks, block += block_bytes) {
    const bool extreme = data == Data::adversarial;
    store_u16(block + d_at, extreme ? extreme_scale(random) : ordinary_half(random));
    if (!extreme) {
      random_bytes(block, d_at, random);
    } else if (zero_block(random)) {
      std::memset(block, 0, block_bytes);
    } else {
      extreme_bytes(block, high_at, std::byte{0}, random);
      extreme_bytes(block + high_at, scales_at - high_at, std::byte{0xaa}, random);  // q = 32 means 0
      extreme_bytes(block + scales_at, d_at - scales_at, std::byte{0}, random);
    }
  }
}

/// |w| + 64 |d scale|: q is at most 63, so that this is no less than |d scale| (q + 32).
void term_sizes(const std::byte* block, double* sizes, uint32_t k) {
  decode(block, sizes, k);
  for (uint32_t at = 0; at < k; at += 256, block += block_bytes) {
    const double d = half_to_float(load_u16(block + d_at));
    for (uint32_t i = 0; i < 256; ++i) {
      sizes[at + i] =
          std::fabs(sizes[at + i]) + 64 * std::fabs(d * static_cast<int8_t>(block[scales_at + i / 16]));
    }
  }
}

uint8_t value_of(const std::byte* block, uint32_t i) {
  const uint32_t half = i / 128, quarter = i % 128 / 32, l = i % 32;
  const auto low = static_cast<uint8_t>(block[64 * half + 32 * (quarter % 2) + l]);
  const auto high = static_cast<uint8_t>(block[high_at + 32 * half + l]);
  return static_cast<uint8_t>((quarter < 2 ? low & 15 : low >> 4) | (high >> 2 * quarter & 3) << 4);
}

/// A unit holds d. Then four numbers with the scales of two groups each: bytes 1 and 3 are the first group's,
/// bytes 0 and 2 the second's. Then, for each four groups, [8] sets of three words, whose bytes c hold value
/// 4 i + c of each group: three groups' values in the low 6 bits, and above them, from the top, the fourth
/// group's. Taking these apart is half as much work as taking apart nibbles and pairs.
void pack(const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave to(block_bytes, packing, blocks, unit);
  to.field(d_at, 1, 2);
  to.words(4, [](const std::byte* block, uint32_t i, uint32_t c) {
    return static_cast<uint8_t>(block[scales_at + 4 * i + (c % 2 ? 0 : 2) + c / 2]);
  });
  to.sets<3>(16, [](const std::byte* block, uint32_t i, uint32_t c) {
    unsigned q[4];
    for (uint32_t j = 0; j < 4; ++j) q[j] = value_of(block, 32 * (i / 8 * 4 + j) + 4 * (i % 8) + c);
    std::array<uint8_t, 3> bytes;
    for (uint32_t j = 0; j < 3; ++j) {
      bytes[j] = static_cast<uint8_t>(q[j] | (q[3] >> (4 - 2 * j) & 3) << 6);
    }
    return bytes;
  });
}

}  // namespace

const FormatCodec q6_K_codec{FormatId::q6_K, decode, encode, fill, term_sizes, pack};

}  // namespace weighin
