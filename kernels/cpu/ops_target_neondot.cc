// ARM's dot-product instructions that are sets of their own: only the peaks use them here.
#if defined(__aarch64__)
#include <arm_neon.h>

#include "kernels/cpu/isa/ops_functions.h"

#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+dotprod")
namespace weighin {
namespace ops_neon_dotprod_code {
namespace {

#include "kernels/cpu/bounds/peaks.inl"

int32x4_t int8_step(int32x4_t a, int8x16_t x, int8x16_t y) {
  return vdotq_s32(a, x, y);
}
double peak_int8(uint64_t rounds) {
  return twelve<int32_t, int32x4_t, int8_step>(rounds, vdupq_n_s8(1), vdupq_n_s8(1));
}

}  // namespace
}  // namespace ops_neon_dotprod_code
const OpsFunctions ops_neon_dotprod{.int8 = {ops_neon_dotprod_code::peak_int8, 12 * 32, 12 * 16}};
}  // namespace weighin
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+dotprod+i8mm")
namespace weighin {
namespace ops_neon_i8mm_code {
namespace {

#include "kernels/cpu/bounds/peaks.inl"

/// Two rows by two columns of 8 bytes each: 64 operations.
int32x4_t int8_step(int32x4_t a, int8x16_t x, int8x16_t y) {
  return vmmlaq_s32(a, x, y);
}
double peak_int8(uint64_t rounds) {
  return twelve<int32_t, int32x4_t, int8_step>(rounds, vdupq_n_s8(1), vdupq_n_s8(1));
}

}  // namespace
}  // namespace ops_neon_i8mm_code
const OpsFunctions ops_neon_i8mm{.int8 = {ops_neon_i8mm_code::peak_int8, 12 * 64, 12 * 32}};
}  // namespace weighin
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("arch=armv8.2-a+bf16")
namespace weighin {
namespace ops_neon_bf16_code {
namespace {

#include "kernels/cpu/bounds/peaks.inl"

/// Two rows by two columns of 4 bf16 each: 32 operations.
float32x4_t bf16_step(float32x4_t a, uint16x8_t x, uint16x8_t y) {
  return vbfmmlaq_f32(a, vreinterpretq_bf16_u16(x), vreinterpretq_bf16_u16(y));
}
double peak_bf16(uint64_t rounds) {
  const uint16x8_t ones = vdupq_n_u16(0x3f80);  // 1 in bf16
  return twelve<float, float32x4_t, bf16_step>(rounds, ones, ones);
}

}  // namespace
}  // namespace ops_neon_bf16_code
const OpsFunctions ops_neon_bf16{.bf16 = {ops_neon_bf16_code::peak_bf16, 12 * 32, 12 * 16}};
}  // namespace weighin
#pragma GCC pop_options
#endif
