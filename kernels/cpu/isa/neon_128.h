// The words in NEON, all but the dot products of bytes. Weights and activations are both signed: weights of
// fewer than 8 bits are the same number either way.

constexpr int lanes = 4;
constexpr int gemm_tokens = 6;
constexpr int decode_sums = 16, prefill_rows = 8, prefill_vectors = 3;  // of 32 registers
using LaneBytes = uint8x16_t;
#include "kernels/cpu/isa/vectors.h"

// --- f32
WEIGHIN_WORD F32 multiply_add(F32 a, F32 b, F32 c) {
  return vfmaq_f32(c, a, b);
}
WEIGHIN_WORD F32 larger(F32 a, F32 b) {  // not FMAX, which is NaN where either is
  return vbslq_f32(vcgtq_f32(a, b), a, b);
}
WEIGHIN_WORD F32 smaller(F32 a, F32 b) {
  return vbslq_f32(vcltq_f32(a, b), a, b);
}
WEIGHIN_WORD float sum(F32 v) {
  return vaddvq_f32(v);
}
WEIGHIN_WORD float largest_lane(F32 v) {
  return vmaxvq_f32(v);
}
WEIGHIN_WORD F32 sums(const F32* v) {
  return vpaddq_f32(vpaddq_f32(v[0], v[1]), vpaddq_f32(v[2], v[3]));
}
WEIGHIN_WORD F32 zip_low(F32 a, F32 b) {
  return vzip1q_f32(a, b);
}
WEIGHIN_WORD F32 zip_high(F32 a, F32 b) {
  return vzip2q_f32(a, b);
}
WEIGHIN_WORD uint16x4_t load_4_words(const void* from) {
  uint16x4_t words;
  __builtin_memcpy(&words, from, sizeof words);
  return words;
}
WEIGHIN_WORD uint8x8_t load_4_bytes(const void* from) {
  uint32_t four;
  __builtin_memcpy(&four, from, sizeof four);
  return vreinterpret_u8_u32(vdup_n_u32(four));
}
WEIGHIN_WORD F32 load_f16(const void* from) {
  return vcvt_f32_f16(vreinterpret_f16_u16(load_4_words(from)));
}
#include "kernels/cpu/isa/f32_parts.h"
WEIGHIN_WORD F32 load_bf16(const void* from) {
  return vreinterpretq_f32_u32(vshll_n_u16(load_4_words(from), 16));
}
WEIGHIN_WORD F32 load_i8(const void* from) {
  const int16x8_t pairs = vmovl_s8(vreinterpret_s8_u8(load_4_bytes(from)));
  return vcvtq_f32_s32(vmovl_s16(vget_low_s16(pairs)));
}

// --- integers
WEIGHIN_WORD I32 load_u8(const void* from) {
  return vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(vmovl_u8(load_4_bytes(from)))));
}
WEIGHIN_WORD I32 dot2(I32 sum, I32 pairs, const int16_t* x) {
  const int16x8_t a = vreinterpretq_s16_s32(pairs), b = vreinterpretq_s16_u8(all_lane_bytes(x));
  const int32x4_t first = vmull_s16(vget_low_s16(a), vget_low_s16(b)), last = vmull_high_s16(a, b);
  return vaddq_s32(sum, vpaddq_s32(first, last));
}

// --- four bytes in each lane
WEIGHIN_WORD LaneBytes part(LaneBytes b, int right, int mask) {
  return (right >= 0 ? b >> right : b << -right) & vdupq_n_u8(static_cast<uint8_t>(mask));
}
WEIGHIN_WORD LaneBytes add_part(LaneBytes low, LaneBytes b, int right, int mask) {
  return low | part(b, right, mask);
}
WEIGHIN_WORD LaneBytes look_up(const uint8_t* table, LaneBytes indices) {
  return vqtbl1q_u8(vld1q_u8(table), indices);
}

// --- groups of 32 bytes
struct GroupBytes {
  uint8x16_t low, high;
};
struct GroupDots {  // each to be summed over its lanes
  int32x4_t first, second;
};
using FloatSums = F32;
using IntSums = int32x4_t;
constexpr int wide_offset = 0;

WEIGHIN_WORD float one_f16(const void* at) {
  __fp16 value;
  __builtin_memcpy(&value, at, sizeof value);
  return value;
}
WEIGHIN_WORD GroupBytes load_group(const void* from) {
  const auto* bytes = static_cast<const uint8_t*>(from);
  return {vld1q_u8(bytes), vld1q_u8(bytes + 16)};
}
WEIGHIN_WORD void store_group(void* to, GroupBytes b) {
  auto* bytes = static_cast<uint8_t*>(to);
  vst1q_u8(bytes, b.low);
  vst1q_u8(bytes + 16, b.high);
}
WEIGHIN_WORD GroupBytes load_nibbles(const void* from) {
  const uint8x16_t b = vld1q_u8(static_cast<const uint8_t*>(from));
  return {vandq_u8(b, vdupq_n_u8(15)), vshrq_n_u8(b, 4)};
}
#include "kernels/cpu/isa/group_halves.h"
WEIGHIN_WORD GroupBytes spread_bits(const void* at) {
  uint32_t bits;
  __builtin_memcpy(&bits, at, sizeof bits);
  const uint8x16_t all = vreinterpretq_u8_u32(vdupq_n_u32(bits));
  const uint8x16_t byte_of = vcombine_u8(vdup_n_u8(0), vdup_n_u8(1));
  const uint8x16_t bit_of = vreinterpretq_u8_u64(vdupq_n_u64(0x8040201008040201));
  return {vtstq_u8(vqtbl1q_u8(all, byte_of), bit_of),
          vtstq_u8(vqtbl1q_u8(all, vaddq_u8(byte_of, vdupq_n_u8(2))), bit_of)};
}
WEIGHIN_WORD FloatSums add_scaled(FloatSums a, GroupDots d, float first, float second) {
  return vfmaq_n_f32(vfmaq_n_f32(a, vcvtq_f32_s32(d.first), first), vcvtq_f32_s32(d.second), second);
}
WEIGHIN_WORD IntSums add_times(IntSums a, GroupDots d, int32_t first, int32_t second) {
  return vmlaq_n_s32(vmlaq_n_s32(a, d.first, first), d.second, second);
}
template <int count>
WEIGHIN_WORD IntSums products_of(const int16_t* a, const int16_t* b) {
  static_assert(count % 8 == 0);
  int32x4_t sums = vdupq_n_s32(0);
  for (int i = 0; i < count; i += 8) {
    const int16x8_t first = vld1q_s16(a + i), second = vld1q_s16(b + i);
    sums = vmlal_high_s16(vmlal_s16(sums, vget_low_s16(first), vget_low_s16(second)), first, second);
  }
  return sums;
}
WEIGHIN_WORD FloatSums add_scaled(FloatSums a, IntSums ints, float scale) {
  return vfmaq_n_f32(a, vcvtq_f32_s32(ints), scale);
}
