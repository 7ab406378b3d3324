// iq4_nl: 32 values, an f16 scale d and 16 bytes of nibbles, of which the low ones are the first 16 values.
// Each nibble q is an index into a table of 16 unevenly spaced values: a value is d * iq4_values[q].
#include <algorithm>
#include <cmath>

#include "kernels/formats/blocks.h"
#include "kernels/formats/codebook.h"
#include "kernels/formats/codec.h"
#include "kernels/formats/interleave.h"

namespace weighin {
namespace {

constexpr uint32_t nibbles_at = 2, block_bytes = 18;

double value_of(const std::byte* block, uint32_t i) {
  return iq4_values[nibble_of(block + nibbles_at, i)];
}

void decode(const std::byte* blocks, double* values, uint32_t k) {
  each_value<32, block_bytes>(blocks, values, k, [](const std::byte* block, uint32_t i) {
    return half_at(block) * value_of(block, i);
  });
}

/// Byte products of unsigned by signed numbers (VNNI) take a table's value v as v + 128, and subtract 128
/// times the activations.
void term_sizes(const std::byte* blocks, double* sizes, uint32_t k) {
  each_value<32, block_bytes>(blocks, sizes, k, [](const std::byte* block, uint32_t i) {
    return std::fabs(half_at(block)) * (std::fabs(value_of(block, i)) + 128);
  });
}

void encode(const float* values, std::byte* block, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 32, block += block_bytes) {
    float largest = 0;
    for (uint32_t i = 0; i < 32; ++i) largest = std::max(largest, std::fabs(values[at + i]));
    std::memset(block, 0, block_bytes);
    store_u16(block, float_to_half(largest / 113));  // 113 is the smaller end of the table
    const float d = half_to_float(load_u16(block));
    for (uint32_t i = 0; i < 32; ++i) {
      put_nibble(block + nibbles_at, i, nearest_in(iq4_values, d > 0 ? values[at + i] / d : 0));
    }
  }
}

void fill(std::byte* blocks, uint64_t count, Data data, Random& random) {
  fill_blocks(blocks, count, block_bytes, data, random, {0}, {{nibbles_at, 16, std::byte{0x88}}});
}

/// A unit holds d, then the nibbles in words.
void pack(const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave to(block_bytes, packing, blocks, unit);
  to.field(0, 1, 2);
  to.field(nibbles_at, 4, 4);
}

}  // namespace

const FormatCodec iq4_nl_codec{FormatId::iq4_nl, decode, encode, fill, term_sizes, pack};

}  // namespace weighin
