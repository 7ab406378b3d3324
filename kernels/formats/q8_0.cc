// q8_0: 32 values, f16 scale d and 32 int8: d * q.
#include <algorithm>
#include <cmath>

#include "kernels/formats/codec.h"
#include "kernels/formats/half.h"

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

}  // namespace

const FormatCodec q8_0_codec{FormatId::q8_0, decode, encode};

}  // namespace weighin
