// The dot product of VNNI as processors without AVX-512 have it (VEX-encoded): only its peak; the small
// operations are AVX2's.
#if defined(__x86_64__)
#include <immintrin.h>

#include "kernels/cpu/isa/ops_functions.h"

#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c,avxvnni")
namespace weighin {
namespace ops_avxvnni_code {
namespace {

#include "kernels/cpu/bounds/peaks.inl"

__m256i int8_step(__m256i a, __m256i x, __m256i y) {
  return _mm256_dpbusd_avx_epi32(a, x, y);
}
double peak_int8(uint64_t rounds) {
  return twelve<int32_t, __m256i, int8_step>(rounds, _mm256_set1_epi8(1), _mm256_set1_epi8(1));
}

}  // namespace
}  // namespace ops_avxvnni_code
const OpsFunctions ops_avxvnni{.int8 = {ops_avxvnni_code::peak_int8, 12 * 64, 12 * 32}};
}  // namespace weighin
#pragma GCC pop_options
#endif
