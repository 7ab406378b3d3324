// The vocabulary in NEON, with dotprod's dot products where WEIGHIN_DOTPROD is set; words as in scalar.h.
// Weights and activations are both signed: u that needs less than 8 bits is the same either way.

#define WEIGHIN_WORD [[gnu::always_inline]] static inline

struct Bytes {
  uint8x16_t low, high;
};
struct Dots {  // each to be summed over its lanes
  int32x4_t first, second;
};
using Lanes = float32x4_t;
constexpr int wide_offset = 0;

WEIGHIN_WORD float half(const void* at) {
  __fp16 value;
  __builtin_memcpy(&value, at, 2);
  return value;
}
WEIGHIN_WORD Bytes load(const void* at) {
  const auto* bytes = static_cast<const uint8_t*>(at);
  return {vld1q_u8(bytes), vld1q_u8(bytes + 16)};
}
WEIGHIN_WORD void store(void* at, Bytes b) {
  auto* bytes = static_cast<uint8_t*>(at);
  vst1q_u8(bytes, b.low);
  vst1q_u8(bytes + 16, b.high);
}
WEIGHIN_WORD Bytes load_nibbles(const void* at) {
  const uint8x16_t b = vld1q_u8(static_cast<const uint8_t*>(at));
  return {vandq_u8(b, vdupq_n_u8(15)), vshrq_n_u8(b, 4)};
}
WEIGHIN_WORD uint8x16_t part(uint8x16_t b, int right, int mask) {
  return (right >= 0 ? b >> right : b << -right) & vdupq_n_u8(static_cast<uint8_t>(mask));
}
WEIGHIN_WORD uint8x16_t add_part(uint8x16_t low, uint8x16_t b, int right, int mask) {
  return low | part(b, right, mask);
}
WEIGHIN_WORD uint8x16_t look_up(const uint8_t* table, uint8x16_t indices) {
  return vqtbl1q_u8(vld1q_u8(table), indices);
}
WEIGHIN_WORD Bytes part(Bytes b, int right, int mask) {
  return {part(b.low, right, mask), part(b.high, right, mask)};
}
WEIGHIN_WORD Bytes add_part(Bytes low, Bytes b, int right, int mask) {
  return {add_part(low.low, b.low, right, mask), add_part(low.high, b.high, right, mask)};
}
WEIGHIN_WORD Bytes look_up(const uint8_t* table, Bytes indices) {
  return {look_up(table, indices.low), look_up(table, indices.high)};
}
WEIGHIN_WORD Bytes spread_bits(const void* at) {
  uint32_t bits;
  __builtin_memcpy(&bits, at, 4);
  const uint8x16_t all = vreinterpretq_u8_u32(vdupq_n_u32(bits));
  const uint8x16_t byte_of = vcombine_u8(vdup_n_u8(0), vdup_n_u8(1));
  const uint8x16_t bit_of = vreinterpretq_u8_u64(vdupq_n_u64(0x8040201008040201));
  return {vtstq_u8(vqtbl1q_u8(all, byte_of), bit_of),
          vtstq_u8(vqtbl1q_u8(all, vaddq_u8(byte_of, vdupq_n_u8(2))), bit_of)};
}
WEIGHIN_WORD Bytes widen(Bytes b) {
  return b;
}
/// 16 products, to be summed over the lanes: bytes to 16 bits, two of them added (which 8-bit weights fill to
/// 2 x 128 x 127 = 32512), pairs to 32 bits.
WEIGHIN_WORD int32x4_t dot_of_16(uint8x16_t u, uint8x16_t xq) {
  const int8x16_t w = vreinterpretq_s8_u8(u), x = vreinterpretq_s8_u8(xq);
#if WEIGHIN_DOTPROD
  return vdotq_s32(vdupq_n_s32(0), w, x);
#else
  return vpaddlq_s16(vmlal_high_s8(vmull_s8(vget_low_s8(w), vget_low_s8(x)), w, x));
#endif
}
WEIGHIN_WORD Dots dot(Bytes w, Bytes x) {
  return {dot_of_16(w.low, x.low), dot_of_16(w.high, x.high)};
}
WEIGHIN_WORD Dots dot_wide(Bytes w, Bytes x) {
  return dot(w, x);
}
WEIGHIN_WORD Lanes no_lanes() {
  return vdupq_n_f32(0);
}
WEIGHIN_WORD Lanes add_scaled(Lanes a, Dots d, float first, float second) {
  a = vfmaq_n_f32(a, vcvtq_f32_s32(d.first), first);
  return vfmaq_n_f32(a, vcvtq_f32_s32(d.second), second);
}
using IntLanes = int32x4_t;
WEIGHIN_WORD IntLanes no_int_lanes() {
  return vdupq_n_s32(0);
}
WEIGHIN_WORD IntLanes add_times(IntLanes a, Dots d, int32_t first, int32_t second) {
  return vmlaq_n_s32(vmlaq_n_s32(a, d.first, first), d.second, second);
}
WEIGHIN_WORD Lanes add_scaled(Lanes a, IntLanes ints, float scale) {
  return vfmaq_n_f32(a, vcvtq_f32_s32(ints), scale);
}
WEIGHIN_WORD float total(Lanes a) {
  return vaddvq_f32(a);
}

// Of 32 registers: 12 dot products, 12 sums, a word of each vector of rows and one of a token.
constexpr int row_lanes = 4, row_vectors = 2, tokens_together = 6;
using RowInts = int32x4_t;
using RowFloats = float32x4_t;
using RowBytes = uint8x16_t;
WEIGHIN_WORD RowInts all_ints(int32_t value) {
  return vdupq_n_s32(value);
}
WEIGHIN_WORD RowFloats all_floats(float value) {
  return vdupq_n_f32(value);
}
WEIGHIN_WORD RowFloats load_rows(const float* at) {
  return vld1q_f32(at);
}
WEIGHIN_WORD void store_rows(float* at, RowFloats r) {
  vst1q_f32(at, r);
}
#include "kernels/cpu/isa/some_rows.h"
WEIGHIN_WORD RowFloats add_rows(RowFloats a, RowFloats b) {
  return vaddq_f32(a, b);
}
WEIGHIN_WORD RowBytes load_row_bytes(const void* at) {
  return vld1q_u8(static_cast<const uint8_t*>(at));
}
WEIGHIN_WORD void store_row_bytes(void* at, RowBytes b) {
  vst1q_u8(static_cast<uint8_t*>(at), b);
}
WEIGHIN_WORD uint8x8_t load_4_bytes(const void* at) {
  uint32_t four;
  __builtin_memcpy(&four, at, 4);
  return vreinterpret_u8_u32(vdup_n_u32(four));
}
WEIGHIN_WORD RowInts load_row_ints(const void* at) {
  return vreinterpretq_s32_u8(load_row_bytes(at));
}
WEIGHIN_WORD RowInts load_row_u8(const void* at) {
  return vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(vmovl_u8(load_4_bytes(at)))));
}
WEIGHIN_WORD RowInts int_and(RowInts a, int32_t mask) {
  return a & vdupq_n_s32(mask);
}
WEIGHIN_WORD RowInts int_or(RowInts a, RowInts b) {
  return a | b;
}
WEIGHIN_WORD RowInts int_add(RowInts a, RowInts b) {
  return vaddq_s32(a, b);
}
WEIGHIN_WORD RowInts int_times(RowInts a, RowInts b) {
  return vmulq_s32(a, b);
}
WEIGHIN_WORD RowInts int_left(RowInts a, int bits) {
  return a << bits;
}
WEIGHIN_WORD RowInts int_right(RowInts a, int bits) {
  return vreinterpretq_s32_u32(vreinterpretq_u32_s32(a) >> bits);
}
WEIGHIN_WORD RowInts signed_right(RowInts a, int bits) {
  return a >> bits;
}
WEIGHIN_WORD RowInts dot2(RowInts sum, RowInts pairs, const int16_t* x) {
  int32_t two;
  __builtin_memcpy(&two, x, 4);
  const int16x8_t a = vreinterpretq_s16_s32(pairs), b = vreinterpretq_s16_s32(vdupq_n_s32(two));
  const int32x4_t first = vmull_s16(vget_low_s16(a), vget_low_s16(b)), last = vmull_high_s16(a, b);
  return vaddq_s32(sum, vpaddq_s32(first, last));
}
WEIGHIN_WORD RowFloats bits_as_floats(RowInts a) {
  return vreinterpretq_f32_s32(a);
}
template <bool wide>
WEIGHIN_WORD RowInts dot4(RowInts sum, RowBytes u, const int8_t* four) {
  const int8x16_t w = vreinterpretq_s8_u8(u);
  int32_t word;
  __builtin_memcpy(&word, four, 4);
  const int8x16_t x = vreinterpretq_s8_s32(vdupq_n_s32(word));
#if WEIGHIN_DOTPROD
  return vdotq_s32(sum, w, x);
#else
  const int16x8_t first = vmull_s8(vget_low_s8(w), vget_low_s8(x)), second = vmull_high_s8(w, x);
  return vpadalq_s16(sum, vpaddq_s16(first, second));
#endif
}
WEIGHIN_WORD RowFloats to_floats(RowInts a) {
  return vcvtq_f32_s32(a);
}
WEIGHIN_WORD RowFloats times(RowFloats a, RowFloats b) {
  return vmulq_f32(a, b);
}
WEIGHIN_WORD RowFloats add_product(RowFloats sum, RowFloats a, RowFloats b) {
  return vfmaq_f32(sum, a, b);
}
WEIGHIN_WORD RowFloats subtract_product(RowFloats from, RowFloats a, RowFloats b) {
  return vfmsq_f32(from, a, b);
}
WEIGHIN_WORD float sum_of(RowFloats a) {
  return vaddvq_f32(a);
}
WEIGHIN_WORD uint16x4_t load_4_words(const void* at) {
  uint16x4_t words;
  __builtin_memcpy(&words, at, sizeof words);
  return words;
}
WEIGHIN_WORD RowFloats load_halves(const void* at) {
  return vcvt_f32_f16(vreinterpret_f16_u16(load_4_words(at)));
}
WEIGHIN_WORD RowFloats load_bf16(const void* at) {
  return vreinterpretq_f32_u32(vshll_n_u16(load_4_words(at), 16));
}
