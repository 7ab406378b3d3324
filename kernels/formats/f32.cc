#include <cstring>

#include "kernels/formats/codec.h"
#include "kernels/formats/interleave.h"
#include "kernels/formats/random_blocks.h"

namespace weighin {
namespace {

void decode(const std::byte* bytes, double* values, uint32_t k) {
  for (uint32_t i = 0; i < k; ++i) {
    float value = 0;
    std::memcpy(&value, bytes + size_t{4} * i, sizeof value);
    values[i] = value;
  }
}

void encode(const float* values, std::byte* bytes, uint32_t k) {
  std::memcpy(bytes, values, size_t{4} * k);
}

void fill(std::byte* bytes, uint64_t blocks, Data data, Random& random) {
  // Large values are 2^40, so that thousands of products with activations of 2^27 stay far below 2^128.
  fill_floats<uint32_t>(bytes, blocks, data, {0x80000000, 0x7fffff, (127 + 40) << 23, ordinary_float},
                        random);
}

/// A unit holds one value of each row.
void pack(const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave(4, packing, blocks, unit).field(0, 1, 4);
}

}  // namespace

const FormatCodec f32_codec{FormatId::f32, decode, encode, fill, nullptr, pack};

}  // namespace weighin
