// The words in NEON, which every 64-bit ARM processor has.

#define WEIGHIN_FLOATS
#define WEIGHIN_INT8_DOTS
constexpr bool adds_plain_gemv = true;

#include "kernels/cpu/isa/neon_128.h"

/// 16 products, to be summed over the lanes: bytes to 16 bits, two of them added (which 8-bit weights fill to
/// 2 x 128 x 127 = 32512), pairs to 32 bits.
WEIGHIN_WORD int32x4_t dot_of_16(uint8x16_t u, uint8x16_t xq) {
  const int8x16_t w = vreinterpretq_s8_u8(u), x = vreinterpretq_s8_u8(xq);
  return vpaddlq_s16(vmlal_high_s8(vmull_s8(vget_low_s8(w), vget_low_s8(x)), w, x));
}
WEIGHIN_WORD GroupDots dot(GroupBytes w, GroupBytes x) {
  return {dot_of_16(w.low, x.low), dot_of_16(w.high, x.high)};
}
WEIGHIN_WORD GroupDots dot_wide(GroupBytes w, GroupBytes x) {
  return dot(w, x);
}
template <bool wide>
WEIGHIN_WORD I32 dot4(I32 sum, LaneBytes u, LaneBytes xq) {
  const int8x16_t w = vreinterpretq_s8_u8(u), x = vreinterpretq_s8_u8(xq);
  const int16x8_t first = vmull_s8(vget_low_s8(w), vget_low_s8(x)), second = vmull_high_s8(w, x);
  return vpadalq_s16(sum, vpaddq_s16(first, second));
}

/// Not dot4(): where the sums of single lanes do not matter, pairs are added as they are multiplied.
constexpr int peak_int8_operations = 8 * lanes;
WEIGHIN_WORD I32 peak_int8_step(I32 sum, LaneBytes u, LaneBytes xq) {
  const int8x16_t w = vreinterpretq_s8_u8(u), x = vreinterpretq_s8_u8(xq);
  return vpadalq_s16(sum, vmlal_high_s8(vmull_s8(vget_low_s8(w), vget_low_s8(x)), w, x));
}
