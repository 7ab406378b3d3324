// NEON's words with ARM's products of bytes by tiles of two rows, two tokens and eight values (i8mm). They
// serve prompts alone: of one token's tiles half would be unused, so that its products are dotprod's.

#define WEIGHIN_INT8_TILES
constexpr bool adds_plain_gemv = false;

#include "kernels/cpu/isa/neon_128.h"
#include "kernels/cpu/isa/neon_dots.h"

WEIGHIN_WORD LaneBytes zip_low(LaneBytes a, LaneBytes b) {
  return vreinterpretq_u8_u32(vzip1q_u32(vreinterpretq_u32_u8(a), vreinterpretq_u32_u8(b)));
}
WEIGHIN_WORD LaneBytes zip_high(LaneBytes a, LaneBytes b) {
  return vreinterpretq_u8_u32(vzip2q_u32(vreinterpretq_u32_u8(a), vreinterpretq_u32_u8(b)));
}
WEIGHIN_WORD LaneBytes two_tokens(const int8_t* first, const int8_t* second) {
  return vreinterpretq_u8_s8(vcombine_s8(vld1_s8(first), vld1_s8(second)));
}
WEIGHIN_WORD I32 add_tile(I32 tile, LaneBytes w, LaneBytes x) {
  return vmmlaq_s32(tile, vreinterpretq_s8_u8(w), vreinterpretq_s8_u8(x));
}
WEIGHIN_WORD I32 even_lanes(I32 a, I32 b) {
  return vuzp1q_s32(a, b);
}
WEIGHIN_WORD I32 odd_lanes(I32 a, I32 b) {
  return vuzp2q_s32(a, b);
}

constexpr int peak_int8_operations = 16 * lanes;
WEIGHIN_WORD I32 peak_int8_step(I32 sum, LaneBytes x, LaneBytes y) {
  return add_tile(sum, x, y);
}
