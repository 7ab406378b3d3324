// The vocabulary in SSE4.2: 128-bit registers, no fused products, f16 by integer arithmetic; words as in
// scalar.h.

#define WEIGHIN_WORD [[gnu::always_inline]] static inline
#include "kernels/cpu/isa/half_sse42.h"

struct Bytes {
  __m128i low, high;
};
struct Dots {  // each to be summed over its lanes
  __m128i first, second;
};
using Lanes = __m128;
constexpr int wide_offset = 0;

WEIGHIN_WORD float half(const void* at) {
  uint16_t bits;
  __builtin_memcpy(&bits, at, 2);
  return _mm_cvtss_f32(widen_halves(_mm_cvtsi32_si128(bits)));
}
WEIGHIN_WORD Bytes load(const void* at) {
  const auto* from = static_cast<const __m128i*>(at);
  return {_mm_loadu_si128(from), _mm_loadu_si128(from + 1)};
}
WEIGHIN_WORD void store(void* at, Bytes b) {
  auto* to = static_cast<__m128i*>(at);
  _mm_storeu_si128(to, b.low);
  _mm_storeu_si128(to + 1, b.high);
}
WEIGHIN_WORD __m128i shifted(__m128i b, int right) {
  if (right == 0) return b;
  return right > 0 ? _mm_srli_epi16(b, right) : _mm_slli_epi16(b, -right);
}
WEIGHIN_WORD __m128i part(__m128i b, int right, int mask) {
  return _mm_and_si128(shifted(b, right), _mm_set1_epi8(static_cast<char>(mask)));
}
WEIGHIN_WORD __m128i add_part(__m128i low, __m128i b, int right, int mask) {
  return _mm_or_si128(low, part(b, right, mask));
}
WEIGHIN_WORD __m128i look_up(const uint8_t* table, __m128i indices) {
  return _mm_shuffle_epi8(_mm_load_si128(reinterpret_cast<const __m128i*>(table)), indices);
}
WEIGHIN_WORD Bytes load_nibbles(const void* at) {
  const __m128i b = _mm_loadu_si128(static_cast<const __m128i*>(at));
  return {part(b, 0, 15), part(b, 4, 15)};
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
WEIGHIN_WORD __m128i spread_bits_of(__m128i bits, int64_t low_byte, int64_t high_byte) {
  const __m128i bit_of = _mm_set1_epi64x(static_cast<int64_t>(0x8040201008040201));
  const __m128i bytes = _mm_shuffle_epi8(bits, _mm_set_epi64x(high_byte, low_byte));
  return _mm_cmpeq_epi8(_mm_and_si128(bytes, bit_of), bit_of);
}
WEIGHIN_WORD Bytes spread_bits(const void* at) {
  int bits;
  __builtin_memcpy(&bits, at, 4);
  const __m128i all = _mm_cvtsi32_si128(bits);
  return {spread_bits_of(all, 0, 0x0101010101010101),
          spread_bits_of(all, 0x0202020202020202, 0x0303030303030303)};
}
WEIGHIN_WORD Bytes widen(Bytes b) {
  return b;
}
/// Bytes to pairs of 16 bits (which |w| x fills at most to 32512, and 6-bit weights to 16002), pairs to 32
/// bits.
WEIGHIN_WORD __m128i dot_by_pairs(__m128i w, __m128i x) {
  return _mm_madd_epi16(_mm_maddubs_epi16(w, x), _mm_set1_epi16(1));
}
WEIGHIN_WORD __m128i dot_wide_by_pairs(__m128i w, __m128i x) {
  return dot_by_pairs(_mm_abs_epi8(w), _mm_sign_epi8(x, w));
}
WEIGHIN_WORD Dots dot(Bytes w, Bytes x) {
  return {dot_by_pairs(w.low, x.low), dot_by_pairs(w.high, x.high)};
}
WEIGHIN_WORD Dots dot_wide(Bytes w, Bytes x) {
  return {dot_wide_by_pairs(w.low, x.low), dot_wide_by_pairs(w.high, x.high)};
}
WEIGHIN_WORD Lanes no_lanes() {
  return _mm_setzero_ps();
}
WEIGHIN_WORD Lanes add_scaled(Lanes a, Dots d, float first, float second) {
  a = _mm_add_ps(a, _mm_mul_ps(_mm_cvtepi32_ps(d.first), _mm_set1_ps(first)));
  return _mm_add_ps(a, _mm_mul_ps(_mm_cvtepi32_ps(d.second), _mm_set1_ps(second)));
}
using IntLanes = __m128i;
WEIGHIN_WORD IntLanes no_int_lanes() {
  return _mm_setzero_si128();
}
WEIGHIN_WORD IntLanes add_times(IntLanes a, Dots d, int32_t first, int32_t second) {
  a = _mm_add_epi32(a, _mm_mullo_epi32(d.first, _mm_set1_epi32(first)));
  return _mm_add_epi32(a, _mm_mullo_epi32(d.second, _mm_set1_epi32(second)));
}
WEIGHIN_WORD Lanes add_scaled(Lanes a, IntLanes ints, float scale) {
  return _mm_add_ps(a, _mm_mul_ps(_mm_cvtepi32_ps(ints), _mm_set1_ps(scale)));
}
WEIGHIN_WORD float total(Lanes a) {
  a = _mm_add_ps(a, _mm_movehl_ps(a, a));
  return _mm_cvtss_f32(_mm_add_ss(a, _mm_shuffle_ps(a, a, 1)));
}

constexpr int row_lanes = 4, row_vectors = 2, tokens_together = 2;
using RowInts = __m128i;
using RowFloats = __m128;
using RowBytes = __m128i;
WEIGHIN_WORD RowInts all_ints(int32_t value) {
  return _mm_set1_epi32(value);
}
WEIGHIN_WORD RowFloats all_floats(float value) {
  return _mm_set1_ps(value);
}
WEIGHIN_WORD RowFloats load_rows(const float* at) {
  return _mm_loadu_ps(at);
}
WEIGHIN_WORD void store_rows(float* at, RowFloats r) {
  _mm_storeu_ps(at, r);
}
#include "kernels/cpu/isa/some_rows.h"
WEIGHIN_WORD RowFloats add_rows(RowFloats a, RowFloats b) {
  return _mm_add_ps(a, b);
}
WEIGHIN_WORD RowBytes load_row_bytes(const void* at) {
  return _mm_loadu_si128(static_cast<const __m128i*>(at));
}
WEIGHIN_WORD void store_row_bytes(void* at, RowBytes b) {
  _mm_storeu_si128(static_cast<__m128i*>(at), b);
}
WEIGHIN_WORD __m128i load_4_bytes(const void* at) {
  int four;
  __builtin_memcpy(&four, at, 4);
  return _mm_cvtsi32_si128(four);
}
WEIGHIN_WORD RowInts load_row_ints(const void* at) {
  return load_row_bytes(at);
}
WEIGHIN_WORD RowInts load_row_u8(const void* at) {
  return _mm_cvtepu8_epi32(load_4_bytes(at));
}
WEIGHIN_WORD RowInts int_and(RowInts a, int32_t mask) {
  return _mm_and_si128(a, _mm_set1_epi32(mask));
}
WEIGHIN_WORD RowInts int_or(RowInts a, RowInts b) {
  return _mm_or_si128(a, b);
}
WEIGHIN_WORD RowInts int_add(RowInts a, RowInts b) {
  return _mm_add_epi32(a, b);
}
WEIGHIN_WORD RowInts int_times(RowInts a, RowInts b) {
  return _mm_mullo_epi32(a, b);
}
WEIGHIN_WORD RowInts int_left(RowInts a, int bits) {
  return _mm_slli_epi32(a, bits);
}
WEIGHIN_WORD RowInts int_right(RowInts a, int bits) {
  return _mm_srli_epi32(a, bits);
}
WEIGHIN_WORD RowInts signed_right(RowInts a, int bits) {
  return _mm_srai_epi32(a, bits);
}
WEIGHIN_WORD RowInts dot2(RowInts sum, RowInts pairs, const int16_t* x) {
  return _mm_add_epi32(sum, _mm_madd_epi16(pairs, _mm_shuffle_epi32(load_4_bytes(x), 0)));
}
WEIGHIN_WORD RowFloats bits_as_floats(RowInts a) {
  return _mm_castsi128_ps(a);
}
template <bool wide>
WEIGHIN_WORD RowInts dot4(RowInts sum, RowBytes w, const int8_t* x) {
  const __m128i four = _mm_shuffle_epi32(load_4_bytes(x), 0);
  return _mm_add_epi32(sum, wide ? dot_wide_by_pairs(w, four) : dot_by_pairs(w, four));
}
WEIGHIN_WORD RowFloats to_floats(RowInts a) {
  return _mm_cvtepi32_ps(a);
}
WEIGHIN_WORD RowFloats times(RowFloats a, RowFloats b) {
  return _mm_mul_ps(a, b);
}
WEIGHIN_WORD RowFloats add_product(RowFloats sum, RowFloats a, RowFloats b) {
  return _mm_add_ps(sum, _mm_mul_ps(a, b));
}
WEIGHIN_WORD RowFloats subtract_product(RowFloats from, RowFloats a, RowFloats b) {
  return _mm_sub_ps(from, _mm_mul_ps(a, b));
}
WEIGHIN_WORD float sum_of(RowFloats a) {
  return total(a);
}
WEIGHIN_WORD RowFloats load_halves(const void* at) {
  return widen_halves(_mm_cvtepu16_epi32(_mm_loadl_epi64(static_cast<const __m128i*>(at))));
}
WEIGHIN_WORD RowFloats load_bf16(const void* at) {
  const __m128i b = _mm_loadl_epi64(static_cast<const __m128i*>(at));
  return _mm_castsi128_ps(_mm_unpacklo_epi16(_mm_setzero_si128(), b));
}
