// mxfp4 (OCP Microscaling 1.0): 32 values, an exponent byte e and 16 bytes of nibbles q, of which the low
// ones are the first 16 values. Each nibble is a 4-bit float (E2M1). A value is 2^(e - 127) times that float,
// computed here as 2^(e - 128) * e2m1_doubled[q]. The specification says that e = 255 is NaN; ggml reads it
// as a power like any other, and no converter writes it.
#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/formats/blocks.h"
#include "kernels/formats/codebook.h"
#include "kernels/formats/codec.h"
#include "kernels/formats/interleave.h"

namespace weighin {
namespace {

constexpr uint32_t nibbles_at = 1, block_bytes = 17;
constexpr int doubled_bias = 128;

double scale_of(const std::byte* block) {
  return std::ldexp(1.0, byte_at(block, 0) - doubled_bias);
}

void decode(const std::byte* blocks, double* values, uint32_t k) {
  each_value<32, block_bytes>(blocks, values, k, [](const std::byte* block, uint32_t i) {
    return scale_of(block) * e2m1_doubled[nibble_of(block + nibbles_at, i)];
  });
}

/// Kernels take a doubled value v as v + 12, so that it is not negative, and subtract 12 times the
/// activations.
void term_sizes(const std::byte* blocks, double* sizes, uint32_t k) {
  each_value<32, block_bytes>(blocks, sizes, k, [](const std::byte* block, uint32_t i) {
    return scale_of(block) * (std::abs(e2m1_doubled[nibble_of(block + nibbles_at, i)]) + 12);
  });
}

void encode(const float* values, std::byte* block, uint32_t k) {
  for (uint32_t at = 0; at < k; at += 32, block += block_bytes) {
    float largest = 0;
    for (uint32_t i = 0; i < 32; ++i) largest = std::max(largest, std::fabs(values[at + i]));
    std::memset(block, 0, block_bytes);
    // The least power of two with which the largest value is at most 12 (6 before doubling).
    const int power = largest > 0 ? std::ilogb(largest / 12) + 1 : -doubled_bias;
    block[0] = static_cast<std::byte>(std::clamp(power + doubled_bias, 0, 254));
    const auto scale = static_cast<float>(scale_of(block));
    for (uint32_t i = 0; i < 32; ++i) {
      put_nibble(block + nibbles_at, i, nearest_in(e2m1_doubled, values[at + i] / scale));
    }
  }
}

/// Ordinary exponents give values up to 2^-3. Adversarial ones go from denormals to 2^56, with which sums of
/// thousands of products with activations of 2^27 are still finite.
void fill(std::byte* blocks, uint64_t count, Data data, Random& random) {
  constexpr std::array<uint8_t, 6> ends{0, 1, 2, 128, 141, 180};
  fill_blocks(blocks, count, block_bytes, data, random, {}, {{nibbles_at, 16, std::byte{0}}});
  for (; count > 0; --count, blocks += block_bytes) {
    const auto bits = random();
    blocks[0] = static_cast<std::byte>(data == Data::adversarial ? ends[bits % ends.size()] : 118 + bits % 4);
  }
}

/// A unit holds e, then the nibbles in words.
void pack(const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave to(block_bytes, packing, blocks, unit);
  to.field(0, 1, 1);
  to.field(nibbles_at, 4, 4);
}

}  // namespace

const FormatCodec mxfp4_codec{FormatId::mxfp4, decode, encode, fill, term_sizes, pack};

}  // namespace weighin
