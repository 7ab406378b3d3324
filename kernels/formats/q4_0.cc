// q4_0: 32 values, an f16 scale d and 16 bytes of nibbles q, of which the low ones are the first 16 values. A
// value is d * (q - 8).
#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/formats/codec.h"
#include "kernels/formats/half.h"
#include "kernels/formats/interleave.h"
#include "kernels/formats/random_blocks.h"

namespace weighin {
namespace {

void decode(const std::byte* block, double* values, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 32, block += 18) {
    const double d = half_to_float(load_u16(block));
    for (uint32_t i = 0; i < 16; ++i) {
      const auto pair = static_cast<uint8_t>(block[2 + i]);
      values[at + i] = d * ((pair & 15) - 8);
      values[at + 16 + i] = d * ((pair >> 4) - 8);
    }
  }
}

void encode(const float* values, std::byte* block, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 32, block += 18) {
    float largest = 0;
    for (uint32_t i = 0; i < 32; ++i) largest = std::max(largest, std::fabs(values[at + i]));
    store_u16(block, float_to_half(largest / 7));
    const float d = half_to_float(load_u16(block));
    const auto nibble = [&](float value) {
      return static_cast<uint8_t>(d > 0 ? std::clamp(std::nearbyint(value / d) + 8, 0.F, 15.F) : 8);
    };
    for (uint32_t i = 0; i < 16; ++i) {
      block[2 + i] = static_cast<std::byte>(nibble(values[at + i]) | nibble(values[at + 16 + i]) << 4);
    }
  }
}

void fill(std::byte* block, uint64_t blocks, Data data, Random& random) {
  for (; blocks > 0; --blocks, block += 18) {
    const bool extreme = data == Data::adversarial;
    store_u16(block, extreme ? extreme_scale(random) : ordinary_half(random));
    extreme ? extreme_bytes(block + 2, 16, std::byte{0x88}, random) : random_bytes(block + 2, 16, random);
    if (extreme && zero_block(random)) std::memset(block, 0, 18);
  }
}

void term_sizes(const std::byte* block, double* sizes, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 32, block += 18) {
    const double d = std::fabs(half_to_float(load_u16(block)));
    for (uint32_t i = 0; i < 16; ++i) {
      const auto pair = static_cast<uint8_t>(block[2 + i]);
      sizes[at + i] = d * ((pair & 15) + 8);
      sizes[at + 16 + i] = d * ((pair >> 4) + 8);
    }
  }
}

/// A unit holds d, then the nibbles in words.
void pack(const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave to(18, packing, blocks, unit);
  to.field(0, 1, 2);
  to.field(2, 4, 4);
}

}  // namespace

const FormatCodec q4_0_codec{FormatId::q4_0, decode, encode, fill, term_sizes, pack};

}  // namespace weighin
