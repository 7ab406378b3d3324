// AVX-512's vocabulary and the words for products of pairs of bf16.

#include "kernels/cpu/isa/avx512.h"

struct alignas(64) Words32 {
  uint16_t v[32];
};
/// Rounds `row_lanes` floats to the nearest bf16; denormals become zeros.
WEIGHIN_WORD void store_bf16(uint16_t* to, RowFloats r) {
  const __m256i rounded = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(r));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), rounded);
}
/// to[row][2] of two values, first[row] and second[row], of two registers of rows.
WEIGHIN_WORD void store_pairs(std::byte* to, const std::byte* first, const std::byte* second) {
  constexpr auto order = [](int from) {
    Words32 order{};
    for (int i = 0; i < 32; ++i) order.v[i] = static_cast<uint16_t>(from + i / 2 + i % 2 * 32);
    return order;
  };
  static constexpr Words32 low = order(0), high = order(16);
  const __m512i a = _mm512_loadu_si512(first), b = _mm512_loadu_si512(second);
  _mm512_storeu_si512(to, _mm512_permutex2var_epi16(a, _mm512_load_si512(low.v), b));
  _mm512_storeu_si512(to + 64, _mm512_permutex2var_epi16(a, _mm512_load_si512(high.v), b));
}
/// Adds w[row][2] . x[2] to each row's lane; x is two bf16, the first in the low half.
WEIGHIN_WORD RowFloats add_pair(RowFloats sum, const std::byte* w, uint32_t x) {
  const __m512i pairs = _mm512_loadu_si512(w), both = _mm512_set1_epi32(static_cast<int32_t>(x));
  return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(pairs), reinterpret_cast<__m512bh>(both));
}
