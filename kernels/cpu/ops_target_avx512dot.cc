// The dot-product instructions that are sets of their own: only the peaks use them here.
#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels/cpu/isa/ops_functions.h"

// GCC 12 warns of the undefined operands inside its own intrinsics (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")
namespace weighin {
namespace ops_avx512vnni_code {
namespace {

#include "kernels/cpu/bounds/peaks.inl"

__m512i int8_step(__m512i a, __m512i x, __m512i y) {
  return _mm512_dpbusd_epi32(a, x, y);
}
double peak_int8(uint64_t rounds) {
  return twelve<int32_t, __m512i, int8_step>(rounds, _mm512_set1_epi8(1), _mm512_set1_epi8(1));
}

}  // namespace
}  // namespace ops_avx512vnni_code
const OpsFunctions ops_avx512vnni{.int8 = {ops_avx512vnni_code::peak_int8, 12 * 128, 12 * 64}};
}  // namespace weighin
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")
namespace weighin {
namespace ops_avx512bf16_code {
namespace {

#include "kernels/cpu/bounds/peaks.inl"

__m512 bf16_step(__m512 a, __m512i x, __m512i y) {
  return _mm512_dpbf16_ps(a, reinterpret_cast<__m512bh>(x), reinterpret_cast<__m512bh>(y));
}
double peak_bf16(uint64_t rounds) {
  const __m512i ones = _mm512_set1_epi16(0x3f80);  // 1 in bf16
  return twelve<float, __m512, bf16_step>(rounds, ones, ones);
}

}  // namespace
}  // namespace ops_avx512bf16_code
const OpsFunctions ops_avx512bf16{.bf16 = {ops_avx512bf16_code::peak_bf16, 12 * 64, 12 * 32}};
}  // namespace weighin
#pragma GCC pop_options
#endif
