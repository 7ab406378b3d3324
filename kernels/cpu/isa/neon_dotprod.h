// NEON's words with the dot products of bytes of ARM's dotprod.

#define WEIGHIN_INT8_DOTS
constexpr bool adds_plain_gemv = true;

#include "kernels/cpu/isa/neon_128.h"
#include "kernels/cpu/isa/neon_dots.h"

constexpr int peak_int8_operations = 8 * lanes;
WEIGHIN_WORD I32 peak_int8_step(I32 sum, LaneBytes x, LaneBytes y) {
  return dot4<false>(sum, x, y);
}
