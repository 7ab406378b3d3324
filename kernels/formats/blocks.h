// What the codecs of block formats share: a walk over the values of blocks, and random blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>

#include "kernels/formats/data.h"
#include "kernels/formats/half.h"
#include "kernels/formats/random_blocks.h"

namespace weighin {

/// Sets to[k] to of(block, i) for each value i of each block.
template <uint32_t values, uint32_t bytes, class Of>
void each_value(const std::byte* block, double* to, uint32_t k, Of of) {
  for (uint32_t at = 0; at < k; at += values, block += bytes) {
    for (uint32_t i = 0; i < values; ++i) to[at + i] = of(block, i);
  }
}

inline uint8_t byte_at(const std::byte* block, uint32_t at) {
  return static_cast<uint8_t>(block[at]);
}
/// The value of the f16 at `block`.
inline double half_at(const std::byte* block) {
  return half_to_float(load_u16(block));
}
/// Value i of 32 that are stored as nibbles in 16 bytes: the low nibbles are the first 16 values.
inline unsigned nibble_of(const std::byte* bytes, uint32_t i) {
  return i < 16 ? byte_at(bytes, i) & 15U : byte_at(bytes, i - 16) >> 4U;
}
inline void put_nibble(std::byte* bytes, uint32_t i, unsigned q) {
  bytes[i % 16] |= static_cast<std::byte>(i < 16 ? q : q << 4);
}

/// A part of a block that holds quantized values. `zero` is as in extreme_bytes().
struct QuantBytes {
  uint32_t at, count;
  std::byte zero;
};

/// Random blocks as FormatCodec::fill wants them, with f16 scales at the bytes `halves` and quantized values
/// in `quants`.
inline void fill_blocks(std::byte* block, uint64_t blocks, uint32_t block_bytes, Data data, Random& random,
                        std::initializer_list<uint32_t> halves, std::initializer_list<QuantBytes> quants) {
  for (; blocks > 0; --blocks, block += block_bytes) {
    const bool extreme = data == Data::adversarial;
    for (const uint32_t at : halves) {
      store_u16(block + at, extreme ? extreme_scale(random) : ordinary_half(random));
    }
    for (const QuantBytes& q : quants) {
      extreme ? extreme_bytes(block + q.at, q.count, q.zero, random)
              : random_bytes(block + q.at, q.count, random);
    }
    if (extreme && zero_block(random)) std::memset(block, 0, block_bytes);
  }
}

}  // namespace weighin
