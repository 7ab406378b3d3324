#include "kernels/formats/codec.h"
#include "kernels/formats/half.h"

namespace weighin {
namespace {

void decode(const std::byte* bytes, double* values, uint32_t k) {
  for (uint32_t i = 0; i < k; ++i) values[i] = bf16_to_float(load_u16(bytes + size_t{2} * i));
}

void encode(const float* values, std::byte* bytes, uint32_t k) {
  for (uint32_t i = 0; i < k; ++i) store_u16(bytes + size_t{2} * i, float_to_bf16(values[i]));
}

}  // namespace

const FormatCodec bf16_codec{FormatId::bf16, decode, encode};

}  // namespace weighin
