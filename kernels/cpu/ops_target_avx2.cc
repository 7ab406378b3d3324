#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels/cpu/isa/ops_functions.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")

namespace weighin {
namespace ops_avx2_code {
namespace {

constexpr uint32_t lanes = 8;
constexpr uint32_t together = 8, tile_rows = 4, tile_vectors = 3;  // of 16 registers
typedef float F __attribute__((vector_size(32)));
typedef int32_t I __attribute__((vector_size(32)));
typedef uint64_t W __attribute__((vector_size(32)));

WEIGHIN_WORD F multiply_add(F a, F b, F c) {
  return _mm256_fmadd_ps(a, b, c);
}
WEIGHIN_WORD F larger(F a, F b) {
  return _mm256_max_ps(a, b);
}
WEIGHIN_WORD F smaller(F a, F b) {
  return _mm256_min_ps(a, b);
}
WEIGHIN_WORD float sum(F v) {
  __m128 half = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  half = _mm_add_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}
WEIGHIN_WORD float largest_lane(F v) {
  __m128 half = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  half = _mm_max_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_max_ss(half, _mm_movehdup_ps(half)));
}
WEIGHIN_WORD __m256i first_lanes(uint32_t count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int32_t>(count)),
                            _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
WEIGHIN_WORD F load_part(const float* from, uint32_t count) {
  return _mm256_maskload_ps(from, first_lanes(count));
}
WEIGHIN_WORD void store_part(float* to, F v, uint32_t count) {
  _mm256_maskstore_ps(to, first_lanes(count), v);
}
WEIGHIN_WORD F load_f16(const uint16_t* from) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
WEIGHIN_WORD F load_f16_part(const uint16_t* from, uint32_t count) {
  uint16_t padded[lanes] = {};
  for (uint32_t i = 0; i < count; ++i) padded[i] = from[i];
  return load_f16(padded);
}
WEIGHIN_WORD F load_i8(const std::byte* from) {
  return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
}
/// In each half lane i: the sum of v[i] over the half.
WEIGHIN_WORD F half_sums(const F* v) {
  return _mm256_hadd_ps(_mm256_hadd_ps(v[0], v[1]), _mm256_hadd_ps(v[2], v[3]));
}
WEIGHIN_WORD F sums(const F* v) {
  const F a = half_sums(v), b = half_sums(v + 4);
  return _mm256_add_ps(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
}
WEIGHIN_WORD F zip_low(F a, F b) {
  return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
WEIGHIN_WORD F zip_high(F a, F b) {
  return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

#include "kernels/cpu/rows/all.inl"

/// Bytes times bytes to pairs in 16 bits, pairs to 32 bits, accumulated: 64 operations.
__m256i int8_step(__m256i a, __m256i x, __m256i y) {
  return _mm256_add_epi32(a, _mm256_madd_epi16(_mm256_maddubs_epi16(x, y), _mm256_set1_epi16(1)));
}
double peak_int8(uint64_t rounds) {
  return twelve<int32_t, __m256i, int8_step>(rounds, _mm256_set1_epi8(1), _mm256_set1_epi8(1));
}

}  // namespace
}  // namespace ops_avx2_code

constinit const OpsFunctions ops_avx2 = ops_avx2_code::ops_with(ops_avx2_code::peak_int8);

}  // namespace weighin
#pragma GCC pop_options
#endif
