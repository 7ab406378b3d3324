// The vocabulary in AVX-512 (F, BW, VL, DQ), with VNNI's dot products where WEIGHIN_VNNI is set; words as in
// scalar.h.

#include "kernels/cpu/isa/bytes256.h"

constexpr int row_lanes = 16, row_vectors = 2, tokens_together = 6;
using RowInts = __m512i;
using RowFloats = __m512;
WEIGHIN_WORD RowInts all_ints(int32_t value) {
  return _mm512_set1_epi32(value);
}
WEIGHIN_WORD RowFloats all_floats(float value) {
  return _mm512_set1_ps(value);
}
WEIGHIN_WORD RowFloats load_rows(const float* at) {
  return _mm512_loadu_ps(at);
}
WEIGHIN_WORD void store_rows(float* at, RowFloats r) {
  _mm512_storeu_ps(at, r);
}
WEIGHIN_WORD RowFloats load_some_rows(const float* at, int count) {
  if (count >= row_lanes) return _mm512_loadu_ps(at);
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1U << count) - 1), at);
}
WEIGHIN_WORD void store_some_rows(float* at, RowFloats r, uint64_t count) {
  if (count >= row_lanes) return _mm512_storeu_ps(at, r);
  _mm512_mask_storeu_ps(at, static_cast<__mmask16>((1U << count) - 1), r);
}
WEIGHIN_WORD RowFloats add_rows(RowFloats a, RowFloats b) {
  return _mm512_add_ps(a, b);
}
using RowBytes = __m512i;
WEIGHIN_WORD RowBytes load_row_bytes(const void* at) {
  return _mm512_loadu_si512(at);
}
WEIGHIN_WORD void store_row_bytes(void* at, RowBytes b) {
  _mm512_storeu_si512(at, b);
}
WEIGHIN_WORD __m512i shifted(__m512i b, int right) {
  if (right == 0) return b;
  return right > 0 ? _mm512_srli_epi16(b, static_cast<unsigned>(right))
                   : _mm512_slli_epi16(b, static_cast<unsigned>(-right));
}
WEIGHIN_WORD RowBytes part(RowBytes b, int right, int mask) {
  return _mm512_and_si512(shifted(b, right), _mm512_set1_epi8(static_cast<char>(mask)));
}
WEIGHIN_WORD RowBytes add_part(RowBytes low, RowBytes b, int right, int mask) {
  // 0xF8: first | (second & third).
  return _mm512_ternarylogic_epi32(low, shifted(b, right), _mm512_set1_epi8(static_cast<char>(mask)), 0xF8);
}
WEIGHIN_WORD RowBytes look_up(const uint8_t* table, RowBytes indices) {
  const __m128i values = _mm_load_si128(reinterpret_cast<const __m128i*>(table));
  return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(values), indices);
}
WEIGHIN_WORD RowInts load_row_ints(const void* at) {
  return _mm512_loadu_si512(at);
}
WEIGHIN_WORD RowInts load_row_u8(const void* at) {
  return _mm512_cvtepu8_epi32(_mm_loadu_si128(static_cast<const __m128i*>(at)));
}
WEIGHIN_WORD RowInts int_and(RowInts a, int32_t mask) {
  return _mm512_and_si512(a, _mm512_set1_epi32(mask));
}
WEIGHIN_WORD RowInts int_or(RowInts a, RowInts b) {
  return _mm512_or_si512(a, b);
}
WEIGHIN_WORD RowInts int_add(RowInts a, RowInts b) {
  return _mm512_add_epi32(a, b);
}
WEIGHIN_WORD RowInts int_times(RowInts a, RowInts b) {
  return _mm512_mullo_epi32(a, b);
}
WEIGHIN_WORD RowInts int_left(RowInts a, int bits) {
  return _mm512_slli_epi32(a, static_cast<unsigned>(bits));
}
WEIGHIN_WORD RowInts int_right(RowInts a, int bits) {
  return _mm512_srli_epi32(a, static_cast<unsigned>(bits));
}
WEIGHIN_WORD RowInts signed_right(RowInts a, int bits) {
  return _mm512_srai_epi32(a, static_cast<unsigned>(bits));
}
WEIGHIN_WORD RowInts dot2(RowInts sum, RowInts pairs, const int16_t* x) {
  int32_t two;
  __builtin_memcpy(&two, x, 4);
#if WEIGHIN_VNNI
  return _mm512_dpwssd_epi32(sum, pairs, _mm512_set1_epi32(two));
#else
  return _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, _mm512_set1_epi32(two)));
#endif
}
WEIGHIN_WORD RowFloats bits_as_floats(RowInts a) {
  return _mm512_castsi512_ps(a);
}
template <bool wide>
WEIGHIN_WORD RowInts dot4(RowInts sum, RowBytes w, const int8_t* x) {
  int32_t four;
  __builtin_memcpy(&four, x, 4);
  __m512i broadcast = _mm512_set1_epi32(four);
#if WEIGHIN_VNNI
  return _mm512_dpbusd_epi32(sum, w, broadcast);
#else
  __m512i size = w;
  if (wide) {
    size = _mm512_abs_epi8(w);
    broadcast = _mm512_mask_sub_epi8(broadcast, _mm512_movepi8_mask(w), _mm512_setzero_si512(), broadcast);
  }
  const __m512i pairs = _mm512_maddubs_epi16(size, broadcast);
  return _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)));
#endif
}
WEIGHIN_WORD RowFloats to_floats(RowInts a) {
  return _mm512_cvtepi32_ps(a);
}
WEIGHIN_WORD RowFloats times(RowFloats a, RowFloats b) {
  return _mm512_mul_ps(a, b);
}
WEIGHIN_WORD RowFloats add_product(RowFloats sum, RowFloats a, RowFloats b) {
  return _mm512_fmadd_ps(a, b, sum);
}
WEIGHIN_WORD RowFloats subtract_product(RowFloats from, RowFloats a, RowFloats b) {
  return _mm512_fnmadd_ps(a, b, from);
}
WEIGHIN_WORD float sum_of(RowFloats a) {
  return total(_mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1)));
}
WEIGHIN_WORD RowFloats load_halves(const void* at) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(static_cast<const __m256i*>(at)));
}
WEIGHIN_WORD RowFloats load_bf16(const void* at) {
  const __m256i b = _mm256_loadu_si256(static_cast<const __m256i*>(at));
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(b), 16));
}
