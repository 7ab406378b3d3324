// AVX-512's words with the dot product of pairs of bf16. It serves prompts of bf16 alone: one token's
// products wait for memory, and everything else is AVX-512's.

#define WEIGHIN_BF16_PAIRS

#include "kernels/cpu/isa/x86_512.h"

struct alignas(64) Words32 {
  uint16_t v[32];
};
/// Subnormal numbers become zeros.
WEIGHIN_WORD void store_bf16(uint16_t* to, F32 v) {
  const __m256i rounded = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(v));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), rounded);
}
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
WEIGHIN_WORD F32 add_pair(F32 sum, LaneBytes w, LaneBytes x) {
  return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(w), reinterpret_cast<__m512bh>(x));
}

constexpr int peak_bf16_operations = 4 * lanes;
WEIGHIN_WORD F32 peak_bf16_step(F32 sum, LaneBytes x, LaneBytes y) {
  return add_pair(sum, x, y);
}
