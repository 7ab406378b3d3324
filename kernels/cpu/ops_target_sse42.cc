#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels/cpu/isa/ops_functions.h"

#pragma GCC push_options
#pragma GCC target("sse4.2")

namespace weighin {
namespace ops_sse42_code {
namespace {

constexpr uint32_t lanes = 4;
constexpr uint32_t together = 8, tile_rows = 4, tile_vectors = 2;  // of 16 registers
typedef float F __attribute__((vector_size(16)));
typedef int32_t I __attribute__((vector_size(16)));
typedef uint64_t W __attribute__((vector_size(16)));

#include "kernels/cpu/isa/half_sse42.h"

WEIGHIN_WORD F multiply_add(F a, F b, F c) {
  return a * b + c;
}
WEIGHIN_WORD F larger(F a, F b) {
  return _mm_max_ps(a, b);
}
WEIGHIN_WORD F smaller(F a, F b) {
  return _mm_min_ps(a, b);
}
WEIGHIN_WORD float sum(F v) {
  const F pairs = _mm_add_ps(v, _mm_movehl_ps(v, v));
  return _mm_cvtss_f32(_mm_add_ss(pairs, _mm_movehdup_ps(pairs)));
}
WEIGHIN_WORD float largest_lane(F v) {
  const F pairs = _mm_max_ps(v, _mm_movehl_ps(v, v));
  return _mm_cvtss_f32(_mm_max_ss(pairs, _mm_movehdup_ps(pairs)));
}
WEIGHIN_WORD F load_f16(const uint16_t* from) {
  return widen_halves(_mm_cvtepu16_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
}
#include "kernels/cpu/isa/ops_parts.h"
WEIGHIN_WORD F load_i8(const std::byte* from) {
  int four;
  __builtin_memcpy(&four, from, sizeof four);
  return _mm_cvtepi32_ps(_mm_cvtepi8_epi32(_mm_cvtsi32_si128(four)));
}
WEIGHIN_WORD F sums(const F* v) {
  return _mm_hadd_ps(_mm_hadd_ps(v[0], v[1]), _mm_hadd_ps(v[2], v[3]));
}
WEIGHIN_WORD F zip_low(F a, F b) {
  return _mm_unpacklo_ps(a, b);
}
WEIGHIN_WORD F zip_high(F a, F b) {
  return _mm_unpackhi_ps(a, b);
}

#include "kernels/cpu/rows/all.inl"

/// As AVX2's, half as wide: 32 operations.
__m128i int8_step(__m128i a, __m128i x, __m128i y) {
  return _mm_add_epi32(a, _mm_madd_epi16(_mm_maddubs_epi16(x, y), _mm_set1_epi16(1)));
}
double peak_int8(uint64_t rounds) {
  return twelve<int32_t, __m128i, int8_step>(rounds, _mm_set1_epi8(1), _mm_set1_epi8(1));
}

}  // namespace
}  // namespace ops_sse42_code

constinit const OpsFunctions ops_sse42 = ops_sse42_code::ops_with(ops_sse42_code::peak_int8);

}  // namespace weighin
#pragma GCC pop_options
#endif
