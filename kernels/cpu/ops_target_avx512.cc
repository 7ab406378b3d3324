#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels/cpu/ops_functions.h"

// GCC 12 warns of the undefined operands inside its own intrinsics (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c")

namespace weighin {
namespace ops_avx512_code {
namespace {

constexpr uint32_t lanes = 16;
typedef float F __attribute__((vector_size(64)));
typedef int32_t I __attribute__((vector_size(64)));
typedef uint64_t W __attribute__((vector_size(64)));

F multiply_add(F a, F b, F c) {
  return _mm512_fmadd_ps(a, b, c);
}
float sum(F v) {
  return _mm512_reduce_add_ps(v);
}
F load_f16(const uint16_t* from) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}

#include "kernels/cpu/ops_generic.inl"
#include "kernels/cpu/ops_peaks.inl"

double fp32_sum(F a) {
  return double{sum(a)};
}
double peak_fp32(uint64_t rounds) {
  return twelve<F, multiply_add, fp32_sum>(rounds, all_lanes(1), all_lanes(1));
}

/// As AVX2's, twice as wide: 128 operations.
__m512i int8_step(__m512i a, __m512i x, __m512i y) {
  return _mm512_add_epi32(a, _mm512_madd_epi16(_mm512_maddubs_epi16(x, y), _mm512_set1_epi16(1)));
}
double int8_sum(__m512i a) {
  return _mm512_reduce_add_epi32(a);
}
double peak_int8(uint64_t rounds) {
  return twelve<__m512i, int8_step, int8_sum>(rounds, _mm512_set1_epi8(1), _mm512_set1_epi8(1));
}

constexpr PeakLoop fp32{peak_fp32, 12 * 32, 12 * 16};

}  // namespace
}  // namespace ops_avx512_code

using namespace ops_avx512_code;
const OpsFunctions ops_avx512{stream_sum, fp32,     fp32,       {peak_int8, 12 * 128, 12 * 64},
                              attend,     rms_norm, layer_norm, rope,
                              softmax,    swiglu,   gelu};

}  // namespace weighin
#pragma GCC pop_options
#endif
