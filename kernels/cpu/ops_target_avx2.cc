#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels/cpu/ops_functions.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")

namespace weighin {
namespace ops_avx2_code {
namespace {

constexpr uint32_t lanes = 8;
typedef float F __attribute__((vector_size(32)));
typedef int32_t I __attribute__((vector_size(32)));
typedef uint64_t W __attribute__((vector_size(32)));

F multiply_add(F a, F b, F c) {
  return _mm256_fmadd_ps(a, b, c);
}
float sum(F v) {
  __m128 half = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  half = _mm_add_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}
F load_f16(const uint16_t* from) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

#include "kernels/cpu/ops_generic.inl"
#include "kernels/cpu/ops_peaks.inl"

double fp32_sum(F a) {
  return double{sum(a)};
}
double peak_fp32(uint64_t rounds) {
  return twelve<F, multiply_add, fp32_sum>(rounds, all_lanes(1), all_lanes(1));
}

/// Bytes times bytes to pairs in 16 bits, pairs to 32 bits, accumulated: 64 operations.
__m256i int8_step(__m256i a, __m256i x, __m256i y) {
  return _mm256_add_epi32(a, _mm256_madd_epi16(_mm256_maddubs_epi16(x, y), _mm256_set1_epi16(1)));
}
double int8_sum(__m256i a) {
  const I v = reinterpret_cast<I>(a);
  double total = 0;
  for (uint32_t i = 0; i < lanes; ++i) total += v[i];
  return total;
}
double peak_int8(uint64_t rounds) {
  return twelve<__m256i, int8_step, int8_sum>(rounds, _mm256_set1_epi8(1), _mm256_set1_epi8(1));
}

constexpr PeakLoop fp32{peak_fp32, 12 * 16, 12 * 8};

}  // namespace
}  // namespace ops_avx2_code

using namespace ops_avx2_code;
const OpsFunctions ops_avx2{stream_sum, fp32,     fp32,       {peak_int8, 12 * 64, 12 * 32},
                            attend,     rms_norm, layer_norm, rope,
                            softmax,    swiglu,   gelu};

}  // namespace weighin
#pragma GCC pop_options
#endif
