#include <cstring>

#include "kernels/formats/codec.h"

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

}  // namespace

const FormatCodec f32_codec{FormatId::f32, decode, encode};

}  // namespace weighin
