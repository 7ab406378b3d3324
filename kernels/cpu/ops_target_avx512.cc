#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels/cpu/isa/ops_functions.h"

// GCC 12 warns of the undefined operands inside its own intrinsics (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c")

namespace weighin {
namespace ops_avx512_code {
namespace {

constexpr uint32_t lanes = 16;
constexpr uint32_t together = 16, tile_rows = 8, tile_vectors = 3;  // of 32 registers
typedef float F __attribute__((vector_size(64)));
typedef int32_t I __attribute__((vector_size(64)));
typedef uint64_t W __attribute__((vector_size(64)));

WEIGHIN_WORD F multiply_add(F a, F b, F c) {
  return _mm512_fmadd_ps(a, b, c);
}
WEIGHIN_WORD F larger(F a, F b) {
  return _mm512_max_ps(a, b);
}
WEIGHIN_WORD F smaller(F a, F b) {
  return _mm512_min_ps(a, b);
}
WEIGHIN_WORD float sum(F v) {
  return _mm512_reduce_add_ps(v);
}
WEIGHIN_WORD float largest_lane(F v) {
  return _mm512_reduce_max_ps(v);
}
WEIGHIN_WORD __mmask16 first_lanes(uint32_t count) {
  return static_cast<__mmask16>((1U << count) - 1);
}
WEIGHIN_WORD F load_part(const float* from, uint32_t count) {
  return _mm512_maskz_loadu_ps(first_lanes(count), from);
}
WEIGHIN_WORD void store_part(float* to, F v, uint32_t count) {
  _mm512_mask_storeu_ps(to, first_lanes(count), v);
}
WEIGHIN_WORD F load_f16(const uint16_t* from) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}
WEIGHIN_WORD F load_f16_part(const uint16_t* from, uint32_t count) {
  return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(first_lanes(count), from));
}
WEIGHIN_WORD F load_i8(const std::byte* from) {
  return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
}
/// In each quarter lane i: the sum of v[i] over the quarter.
WEIGHIN_WORD F quarter_sums(const F* v) {
  const F low = _mm512_add_ps(_mm512_unpacklo_ps(v[0], v[1]), _mm512_unpackhi_ps(v[0], v[1]));
  const F high = _mm512_add_ps(_mm512_unpacklo_ps(v[2], v[3]), _mm512_unpackhi_ps(v[2], v[3]));
  return _mm512_add_ps(_mm512_shuffle_ps(low, high, 0x44), _mm512_shuffle_ps(low, high, 0xee));
}
WEIGHIN_WORD F sums(const F* v) {
  const F a = quarter_sums(v), b = quarter_sums(v + 4), c = quarter_sums(v + 8), d = quarter_sums(v + 12);
  const F low = _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xee));
  const F high = _mm512_add_ps(_mm512_shuffle_f32x4(c, d, 0x44), _mm512_shuffle_f32x4(c, d, 0xee));
  return _mm512_add_ps(_mm512_shuffle_f32x4(low, high, 0x88), _mm512_shuffle_f32x4(low, high, 0xdd));
}
WEIGHIN_WORD F zip_low(F a, F b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
WEIGHIN_WORD F zip_high(F a, F b) {
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

#include "kernels/cpu/rows/all.inl"

/// As AVX2's, twice as wide: 128 operations.
__m512i int8_step(__m512i a, __m512i x, __m512i y) {
  return _mm512_add_epi32(a, _mm512_madd_epi16(_mm512_maddubs_epi16(x, y), _mm512_set1_epi16(1)));
}
double peak_int8(uint64_t rounds) {
  return twelve<int32_t, __m512i, int8_step>(rounds, _mm512_set1_epi8(1), _mm512_set1_epi8(1));
}

}  // namespace
}  // namespace ops_avx512_code

constinit const OpsFunctions ops_avx512 = ops_avx512_code::ops_with(ops_avx512_code::peak_int8);

}  // namespace weighin
#pragma GCC pop_options
#endif
