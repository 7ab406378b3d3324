// The vocabulary in AVX2, FMA and F16C, with AVX-VNNI's dot products where WEIGHIN_VNNI is set; words as in
// scalar.h.

#include "kernels/cpu/isa/bytes256.h"

constexpr int row_lanes = 8, row_vectors = 2, tokens_together = 2;
using RowInts = __m256i;
using RowFloats = __m256;
WEIGHIN_WORD RowInts all_ints(int32_t value) {
  return _mm256_set1_epi32(value);
}
WEIGHIN_WORD RowFloats all_floats(float value) {
  return _mm256_set1_ps(value);
}
WEIGHIN_WORD RowFloats load_rows(const float* at) {
  return _mm256_loadu_ps(at);
}
WEIGHIN_WORD void store_rows(float* at, RowFloats r) {
  _mm256_storeu_ps(at, r);
}
#include "kernels/cpu/isa/some_rows.h"
WEIGHIN_WORD RowFloats add_rows(RowFloats a, RowFloats b) {
  return _mm256_add_ps(a, b);
}
using RowBytes = __m256i;
WEIGHIN_WORD RowBytes load_row_bytes(const void* at) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(at));
}
WEIGHIN_WORD void store_row_bytes(void* at, RowBytes b) {
  _mm256_storeu_si256(static_cast<__m256i*>(at), b);
}
WEIGHIN_WORD RowInts load_row_ints(const void* at) {
  return load_row_bytes(at);
}
WEIGHIN_WORD RowInts load_row_u8(const void* at) {
  return _mm256_cvtepu8_epi32(_mm_loadl_epi64(static_cast<const __m128i*>(at)));
}
WEIGHIN_WORD RowInts int_and(RowInts a, int32_t mask) {
  return _mm256_and_si256(a, _mm256_set1_epi32(mask));
}
WEIGHIN_WORD RowInts int_or(RowInts a, RowInts b) {
  return _mm256_or_si256(a, b);
}
WEIGHIN_WORD RowInts int_add(RowInts a, RowInts b) {
  return _mm256_add_epi32(a, b);
}
WEIGHIN_WORD RowInts int_times(RowInts a, RowInts b) {
  return _mm256_mullo_epi32(a, b);
}
WEIGHIN_WORD RowInts int_left(RowInts a, int bits) {
  return _mm256_slli_epi32(a, bits);
}
WEIGHIN_WORD RowInts int_right(RowInts a, int bits) {
  return _mm256_srli_epi32(a, bits);
}
WEIGHIN_WORD RowInts signed_right(RowInts a, int bits) {
  return _mm256_srai_epi32(a, bits);
}
WEIGHIN_WORD RowInts dot2(RowInts sum, RowInts pairs, const int16_t* x) {
  int32_t two;
  __builtin_memcpy(&two, x, 4);
  return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi32(two)));
}
WEIGHIN_WORD RowFloats bits_as_floats(RowInts a) {
  return _mm256_castsi256_ps(a);
}
template <bool wide>
WEIGHIN_WORD RowInts dot4(RowInts sum, RowBytes w, const int8_t* x) {
  int32_t four;
  __builtin_memcpy(&four, x, 4);
  const __m256i broadcast = _mm256_set1_epi32(four);
#if WEIGHIN_VNNI
  return WEIGHIN_DPBUSD(sum, w, broadcast);
#else
  return _mm256_add_epi32(sum, wide ? dot_wide_by_pairs(w, broadcast) : dot_by_pairs(w, broadcast));
#endif
}
WEIGHIN_WORD RowFloats to_floats(RowInts a) {
  return _mm256_cvtepi32_ps(a);
}
WEIGHIN_WORD RowFloats times(RowFloats a, RowFloats b) {
  return _mm256_mul_ps(a, b);
}
WEIGHIN_WORD RowFloats add_product(RowFloats sum, RowFloats a, RowFloats b) {
  return _mm256_fmadd_ps(a, b, sum);
}
WEIGHIN_WORD RowFloats subtract_product(RowFloats from, RowFloats a, RowFloats b) {
  return _mm256_fnmadd_ps(a, b, from);
}
WEIGHIN_WORD float sum_of(RowFloats a) {
  return total(a);
}
WEIGHIN_WORD RowFloats load_halves(const void* at) {
  return _mm256_cvtph_ps(_mm_loadu_si128(static_cast<const __m128i*>(at)));
}
WEIGHIN_WORD RowFloats load_bf16(const void* at) {
  const __m128i b = _mm_loadu_si128(static_cast<const __m128i*>(at));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(b), 16));
}
