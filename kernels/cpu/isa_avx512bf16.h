// AVX-512's vocabulary and the words for products of pairs of bf16.

#include "kernels/cpu/isa_avx512.h"

/// Rounds `row_lanes` floats to the nearest bf16; denormals become zeros.
WEIGHIN_WORD void store_bf16(uint16_t* to, RowFloats r) {
  const __m256i rounded = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(r));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), rounded);
}
/// Adds w[row][2] . x[2] to each row's lane; x is two bf16, the first in the low half.
WEIGHIN_WORD RowFloats add_pair(RowFloats sum, const std::byte* w, uint32_t x) {
  const __m512i pairs = _mm512_loadu_si512(w), both = _mm512_set1_epi32(static_cast<int32_t>(x));
  return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(pairs), reinterpret_cast<__m512bh>(both));
}
