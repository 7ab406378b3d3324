// AVX2's words with VNNI's dot product of bytes in the VEX encoding, as processors without AVX-512 have it.

#define WEIGHIN_INT8_DOTS
constexpr bool adds_plain_gemv = true;

#ifndef WEIGHIN_DPBUSD  // a test takes the encoding of AVX-512
#define WEIGHIN_DPBUSD _mm256_dpbusd_avx_epi32
#define WEIGHIN_DPWSSD _mm256_dpwssd_avx_epi32
#endif
#include "kernels/cpu/isa/x86_256.h"
#include "kernels/cpu/isa/x86_dots_vnni.h"

template <bool wide>
WEIGHIN_WORD I32 dot4(I32 sum, LaneBytes w, LaneBytes x) {
  return reinterpret_cast<I32>(WEIGHIN_DPBUSD(reinterpret_cast<__m256i>(sum), w, x));
}

constexpr int peak_int8_operations = 8 * lanes;
WEIGHIN_WORD I32 peak_int8_step(I32 sum, LaneBytes x, LaneBytes y) {
  return dot4<false>(sum, x, y);
}
