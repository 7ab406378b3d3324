// int8_channel: int8 with one scale an output channel, as ONNX Runtime and MediaPipe (XNNPACK) keep linear
// layers. A block is 32 values q, each of which means q / 128 times the row's scale. The scales lie in an
// array of their own.
#include <algorithm>
#include <cmath>

#include "kernels/formats/blocks.h"
#include "kernels/formats/codec.h"
#include "kernels/formats/interleave.h"

namespace weighin {
namespace {

constexpr uint32_t block_bytes = 32;

int quant(const std::byte* block, uint32_t i) {
  return static_cast<int8_t>(block[i]);
}

void decode(const std::byte* blocks, double* values, uint32_t k) {
  each_value<32, block_bytes>(blocks, values, k,
                              [](const std::byte* block, uint32_t i) { return quant(block, i) / 128.0; });
}

/// Byte products of unsigned by signed numbers (VNNI) take q as q + 128, and subtract 128 times the
/// activations.
void term_sizes(const std::byte* blocks, double* sizes, uint32_t k) {
  each_value<32, block_bytes>(blocks, sizes, k, [](const std::byte* block, uint32_t i) {
    return (std::abs(quant(block, i)) + 128) / 128.0;
  });
}

void encode(const float* values, std::byte* block, uint32_t k) {
  for (uint32_t i = 0; i < k; ++i) {
    const float q = std::clamp(std::nearbyint(values[i] * 128), -128.F, 127.F);
    block[i] = static_cast<std::byte>(static_cast<int8_t>(q));
  }
}

void fill(std::byte* blocks, uint64_t count, Data data, Random& random) {
  fill_blocks(blocks, count, block_bytes, data, random, {}, {{0, 32, std::byte{0}}});
}

/// A unit holds the quants in words.
void pack(const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave(block_bytes, packing, blocks, unit).field(0, 8, 4, packing.flip);
}

}  // namespace

const FormatCodec int8_channel_codec{FormatId::int8_channel, decode, encode, fill, term_sizes, pack, true};

}  // namespace weighin
