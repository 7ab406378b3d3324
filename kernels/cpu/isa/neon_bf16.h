// NEON's words with ARM's products of bf16 by tiles of two rows, two tokens and four values. They serve
// prompts of bf16 alone: one token's products wait for memory, and everything else is that of lesser sets.

#define WEIGHIN_BF16_TILES

#include "kernels/cpu/isa/neon_128.h"

WEIGHIN_WORD void store_bf16(uint16_t* to, F32 v) {
  vst1_u16(to, vreinterpret_u16_bf16(vcvt_bf16_f32(v)));
}
WEIGHIN_WORD void store_quads(std::byte* to, const std::byte* const (&values)[4]) {
  const uint16x8_t a = vreinterpretq_u16_u8(load_lane_bytes(values[0])),
                   b = vreinterpretq_u16_u8(load_lane_bytes(values[1])),
                   c = vreinterpretq_u16_u8(load_lane_bytes(values[2])),
                   d = vreinterpretq_u16_u8(load_lane_bytes(values[3]));
  const uint32x4_t firsts[2] = {vreinterpretq_u32_u16(vzip1q_u16(a, b)),
                                vreinterpretq_u32_u16(vzip2q_u16(a, b))};
  const uint32x4_t lasts[2] = {vreinterpretq_u32_u16(vzip1q_u16(c, d)),
                               vreinterpretq_u32_u16(vzip2q_u16(c, d))};
  for (int half = 0; half < 2; ++half, to += 32) {
    store_lane_bytes(to, vreinterpretq_u8_u32(vzip1q_u32(firsts[half], lasts[half])));
    store_lane_bytes(to + 16, vreinterpretq_u8_u32(vzip2q_u32(firsts[half], lasts[half])));
  }
}
WEIGHIN_WORD LaneBytes two_tokens(const uint16_t* first, const uint16_t* second, uint32_t count) {
  uint64_t quads[2] = {0, 0};
  __builtin_memcpy(&quads[0], first, count * 2);
  __builtin_memcpy(&quads[1], second, count * 2);
  return vreinterpretq_u8_u64(vcombine_u64(vcreate_u64(quads[0]), vcreate_u64(quads[1])));
}
WEIGHIN_WORD F32 add_tile(F32 tile, LaneBytes w, LaneBytes x) {
  return vbfmmlaq_f32(tile, vreinterpretq_bf16_u8(w), vreinterpretq_bf16_u8(x));
}
WEIGHIN_WORD F32 even_lanes(F32 a, F32 b) {
  return vuzp1q_f32(a, b);
}
WEIGHIN_WORD F32 odd_lanes(F32 a, F32 b) {
  return vuzp2q_f32(a, b);
}

constexpr int peak_bf16_operations = 8 * lanes;
WEIGHIN_WORD F32 peak_bf16_step(F32 sum, LaneBytes x, LaneBytes y) {
  return add_tile(sum, x, y);
}
