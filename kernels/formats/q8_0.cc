// q8_0: 32 values, an f16 scale d and 32 int8 numbers q. A value is d * q.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "kernels/formats/codec.h"
#include "kernels/formats/half.h"
#include "kernels/formats/interleave.h"
#include "kernels/formats/random_blocks.h"

namespace weighin {
namespace {

void decode(const std::byte* block, double* values, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 32, block += 34) {
    const double d = half_to_float(load_u16(block));
    for (uint32_t i = 0; i < 32; ++i) values[at + i] = d * static_cast<int8_t>(block[2 + i]);
  }
}

void encode(const float* values, std::byte* block, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 32, block += 34) {
    float largest = 0;
    for (uint32_t i = 0; i < 32; ++i) largest = std::max(largest, std::fabs(values[at + i]));
    store_u16(block, float_to_half(largest / 127));
    const float d = half_to_float(load_u16(block));
    for (uint32_t i = 0; i < 32; ++i) {
      const float q = d > 0 ? std::clamp(std::nearbyint(values[at + i] / d), -128.F, 127.F) : 0;
      block[2 + i] = static_cast<std::byte>(static_cast<int8_t>(q));
    }
  }
}

void fill(std::byte* block, uint64_t blocks, Data data, Random& random) {
  for (; blocks > 0; --blocks, block += 34) {
    const bool extreme = data == Data::adversarial;
    store_u16(block, extreme ? extreme_scale(random) : ordinary_half(random));
    extreme ? extreme_bytes(block + 2, 32, std::byte{0}, random) : random_bytes(block + 2, 32, random);
    if (extreme && zero_block(random)) std::memset(block, 0, 34);
  }
}

/// Byte products of unsigned by signed numbers (VNNI) take q as q + 128, and subtract 128 times the
/// activations.
void term_sizes(const std::byte* block, double* sizes, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 32, block += 34) {
    const double d = std::fabs(half_to_float(load_u16(block)));
    for (uint32_t i = 0; i < 32; ++i) sizes[at + i] = d * (std::abs(static_cast<int8_t>(block[2 + i])) + 128);
  }
}

/// A unit holds d, then the quants in words.
void pack(const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave to(34, packing, blocks, unit);
  to.field(0, 1, 2);
  to.field(2, 8, 4, packing.flip);
}

}  // namespace

const FormatCodec q8_0_codec{FormatId::q8_0, decode, encode, fill, term_sizes, pack};

}  // namespace weighin
