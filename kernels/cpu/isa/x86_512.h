// The words for registers of 512 bits in AVX-512 (F, BW, VL, DQ), all but the dot products of bytes and of
// pairs.

constexpr int lanes = 16;
constexpr int gemm_tokens = 6;
constexpr int decode_sums = 16, prefill_rows = 8, prefill_vectors = 3;  // of 32 registers
using LaneBytes = __m512i;
#include "kernels/cpu/isa/vectors.h"
#include "kernels/cpu/isa/x86_groups.h"

// --- f32
WEIGHIN_WORD F32 multiply_add(F32 a, F32 b, F32 c) {
  return _mm512_fmadd_ps(a, b, c);
}
WEIGHIN_WORD F32 larger(F32 a, F32 b) {
  return _mm512_max_ps(a, b);
}
WEIGHIN_WORD F32 smaller(F32 a, F32 b) {
  return _mm512_min_ps(a, b);
}
WEIGHIN_WORD float sum(F32 v) {
  return _mm512_reduce_add_ps(v);
}
WEIGHIN_WORD float largest_lane(F32 v) {
  return _mm512_reduce_max_ps(v);
}
/// In each quarter lane i: the sum of v[i] over the quarter.
WEIGHIN_WORD F32 quarter_sums(const F32* v) {
  const F32 low = _mm512_add_ps(_mm512_unpacklo_ps(v[0], v[1]), _mm512_unpackhi_ps(v[0], v[1]));
  const F32 high = _mm512_add_ps(_mm512_unpacklo_ps(v[2], v[3]), _mm512_unpackhi_ps(v[2], v[3]));
  return _mm512_add_ps(_mm512_shuffle_ps(low, high, 0x44), _mm512_shuffle_ps(low, high, 0xee));
}
WEIGHIN_WORD F32 sums(const F32* v) {
  const F32 a = quarter_sums(v), b = quarter_sums(v + 4), c = quarter_sums(v + 8), d = quarter_sums(v + 12);
  const F32 low = _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xee));
  const F32 high = _mm512_add_ps(_mm512_shuffle_f32x4(c, d, 0x44), _mm512_shuffle_f32x4(c, d, 0xee));
  return _mm512_add_ps(_mm512_shuffle_f32x4(low, high, 0x88), _mm512_shuffle_f32x4(low, high, 0xdd));
}
WEIGHIN_WORD F32 zip_low(F32 a, F32 b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
WEIGHIN_WORD F32 zip_high(F32 a, F32 b) {
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
WEIGHIN_WORD __mmask16 first_lanes(uint32_t count) {
  return static_cast<__mmask16>((1U << count) - 1);
}
WEIGHIN_WORD F32 load_f32_part(const void* from, uint32_t count) {
  return _mm512_maskz_loadu_ps(first_lanes(count), from);
}
WEIGHIN_WORD void store_f32_part(float* to, F32 v, uint32_t count) {
  _mm512_mask_storeu_ps(to, first_lanes(count), v);
}
WEIGHIN_WORD F32 load_f16(const void* from) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(static_cast<const __m256i*>(from)));
}
WEIGHIN_WORD F32 load_f16_part(const void* from, uint32_t count) {
  return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(first_lanes(count), from));
}
WEIGHIN_WORD F32 load_bf16(const void* from) {
  const __m256i b = _mm256_loadu_si256(static_cast<const __m256i*>(from));
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(b), 16));
}
WEIGHIN_WORD F32 load_i8(const void* from) {
  return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(static_cast<const __m128i*>(from))));
}

// --- integers
WEIGHIN_WORD I32 load_u8(const void* from) {
  return reinterpret_cast<I32>(_mm512_cvtepu8_epi32(_mm_loadu_si128(static_cast<const __m128i*>(from))));
}

// --- four bytes in each lane
WEIGHIN_WORD __m512i shifted(__m512i b, int right) {
  if (right == 0) return b;
  return right > 0 ? _mm512_srli_epi16(b, static_cast<unsigned>(right))
                   : _mm512_slli_epi16(b, static_cast<unsigned>(-right));
}
WEIGHIN_WORD LaneBytes part(LaneBytes b, int right, int mask) {
  return _mm512_and_si512(shifted(b, right), _mm512_set1_epi8(static_cast<char>(mask)));
}
WEIGHIN_WORD LaneBytes add_part(LaneBytes low, LaneBytes b, int right, int mask) {
  // 0xF8: first | (second & third).
  return _mm512_ternarylogic_epi32(low, shifted(b, right), _mm512_set1_epi8(static_cast<char>(mask)), 0xF8);
}
WEIGHIN_WORD LaneBytes look_up(const uint8_t* table, LaneBytes indices) {
  const __m128i values = _mm_load_si128(reinterpret_cast<const __m128i*>(table));
  return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(values), indices);
}
