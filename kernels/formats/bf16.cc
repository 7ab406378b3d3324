#include "kernels/formats/codec.h"
#include "kernels/formats/half.h"
#include "kernels/formats/interleave.h"
#include "kernels/formats/random_blocks.h"

namespace weighin {
namespace {

void decode(const std::byte* bytes, double* values, uint32_t k) {
  for (uint32_t i = 0; i < k; ++i) values[i] = bf16_to_float(load_u16(bytes + size_t{2} * i));
}

void encode(const float* values, std::byte* bytes, uint32_t k) {
  for (uint32_t i = 0; i < k; ++i) store_u16(bytes + size_t{2} * i, float_to_bf16(values[i]));
}

uint16_t ordinary(Random& random) {
  return static_cast<uint16_t>(ordinary_float(random) >> 16);
}

void fill(std::byte* bytes, uint64_t blocks, Data data, Random& random) {
  // Large values are 2^40, as in f32.cc.
  fill_floats<uint16_t>(bytes, blocks, data, {0x8000, 0x7f, (127 + 40) << 7, ordinary}, random);
}

/// A unit holds one value of each row.
void pack(const Packing& packing, const std::byte* blocks, std::byte* unit) {
  Interleave(2, packing, blocks, unit).field(0, 1, 2);
}

}  // namespace

const FormatCodec bf16_codec{FormatId::bf16, decode, encode, fill, nullptr, pack};

}  // namespace weighin
