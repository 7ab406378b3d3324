#if defined(__aarch64__)
#include <arm_neon.h>

#include "kernels/cpu/isa/ops_functions.h"

namespace weighin {
namespace ops_neon_code {
namespace {

constexpr uint32_t lanes = 4;
constexpr uint32_t together = 16, tile_rows = 8, tile_vectors = 3;  // of 32 registers
using F = float32x4_t;
using I = int32x4_t;
using W = uint64x2_t;

WEIGHIN_WORD F multiply_add(F a, F b, F c) {
  return vfmaq_f32(c, a, b);
}
WEIGHIN_WORD F larger(F a, F b) {  // not FMAX, which is NaN where either is
  return vbslq_f32(vcgtq_f32(a, b), a, b);
}
WEIGHIN_WORD F smaller(F a, F b) {
  return vbslq_f32(vcltq_f32(a, b), a, b);
}
WEIGHIN_WORD float sum(F v) {
  return vaddvq_f32(v);
}
WEIGHIN_WORD float largest_lane(F v) {
  return vmaxvq_f32(v);
}
WEIGHIN_WORD F load_f16(const uint16_t* from) {
  return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(from)));
}
#include "kernels/cpu/isa/ops_parts.h"
WEIGHIN_WORD F load_i8(const std::byte* from) {
  int32_t four;
  __builtin_memcpy(&four, from, sizeof four);
  const int16x8_t pairs = vmovl_s8(vreinterpret_s8_s32(vdup_n_s32(four)));
  return vcvtq_f32_s32(vmovl_s16(vget_low_s16(pairs)));
}
WEIGHIN_WORD F sums(const F* v) {
  return vpaddq_f32(vpaddq_f32(v[0], v[1]), vpaddq_f32(v[2], v[3]));
}
WEIGHIN_WORD F zip_low(F a, F b) {
  return vzip1q_f32(a, b);
}
WEIGHIN_WORD F zip_high(F a, F b) {
  return vzip2q_f32(a, b);
}

#include "kernels/cpu/rows/all.inl"

/// Bytes times bytes to 16 bits, two of them added, pairs to 32 bits, accumulated: 32 operations.
int32x4_t int8_step(int32x4_t a, int8x16_t x, int8x16_t y) {
  return vpadalq_s16(a, vmlal_high_s8(vmull_s8(vget_low_s8(x), vget_low_s8(y)), x, y));
}
double peak_int8(uint64_t rounds) {
  return twelve<int32_t, int32x4_t, int8_step>(rounds, vdupq_n_s8(1), vdupq_n_s8(1));
}

}  // namespace
}  // namespace ops_neon_code

constinit const OpsFunctions ops_neon = ops_neon_code::ops_with(ops_neon_code::peak_int8);

}  // namespace weighin
#endif
