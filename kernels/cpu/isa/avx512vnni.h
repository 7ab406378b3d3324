// AVX-512's words with VNNI's dot products of bytes and of pairs.

#define WEIGHIN_INT8_DOTS
constexpr bool adds_plain_gemv = true;

#define WEIGHIN_DPBUSD _mm256_dpbusd_epi32
#define WEIGHIN_DPWSSD _mm256_dpwssd_epi32
#include "kernels/cpu/isa/x86_512.h"
#include "kernels/cpu/isa/x86_dots_vnni.h"

WEIGHIN_WORD I32 dot2(I32 sum, I32 pairs, const int16_t* x) {
  return reinterpret_cast<I32>(_mm512_dpwssd_epi32(reinterpret_cast<__m512i>(sum),
                                                   reinterpret_cast<__m512i>(pairs), all_lane_bytes(x)));
}
template <bool wide>
WEIGHIN_WORD I32 dot4(I32 sum, LaneBytes w, LaneBytes x) {
  return reinterpret_cast<I32>(_mm512_dpbusd_epi32(reinterpret_cast<__m512i>(sum), w, x));
}

constexpr int peak_int8_operations = 8 * lanes;
WEIGHIN_WORD I32 peak_int8_step(I32 sum, LaneBytes x, LaneBytes y) {
  return dot4<false>(sum, x, y);
}
