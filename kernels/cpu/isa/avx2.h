// The words in AVX2, FMA and F16C.

#define WEIGHIN_FLOATS
#define WEIGHIN_INT8_DOTS
constexpr bool adds_plain_gemv = true;

#include "kernels/cpu/isa/x86_256.h"
#include "kernels/cpu/isa/x86_dots_by_pairs.h"

template <bool wide>
WEIGHIN_WORD I32 dot4(I32 sum, LaneBytes w, LaneBytes x) {
  return sum + reinterpret_cast<I32>(wide ? dot_wide(w, x) : dot(w, x));
}

constexpr int peak_int8_operations = 8 * lanes;
WEIGHIN_WORD I32 peak_int8_step(I32 sum, LaneBytes x, LaneBytes y) {
  return dot4<false>(sum, x, y);
}
