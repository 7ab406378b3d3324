// NEON's vocabulary and the words for products of bf16 by tiles of two rows and two tokens.

#include "kernels/cpu/isa/neon.h"

/// Rounds `row_lanes` floats to the nearest bf16.
WEIGHIN_WORD void store_bf16(uint16_t* to, RowFloats r) {
  vst1_u16(to, vreinterpret_u16_bf16(vcvt_bf16_f32(r)));
}
/// to[row][4] of four values, values[i][row], of two registers of rows.
WEIGHIN_WORD void store_quads(std::byte* to, const std::byte* const (&values)[4]) {
  const uint16x8_t a = vreinterpretq_u16_u8(load_row_bytes(values[0])),
                   b = vreinterpretq_u16_u8(load_row_bytes(values[1])),
                   c = vreinterpretq_u16_u8(load_row_bytes(values[2])),
                   d = vreinterpretq_u16_u8(load_row_bytes(values[3]));
  const uint32x4_t firsts[2] = {vreinterpretq_u32_u16(vzip1q_u16(a, b)),
                                vreinterpretq_u32_u16(vzip2q_u16(a, b))};
  const uint32x4_t lasts[2] = {vreinterpretq_u32_u16(vzip1q_u16(c, d)),
                               vreinterpretq_u32_u16(vzip2q_u16(c, d))};
  for (int half = 0; half < 2; ++half, to += 32) {
    store_row_bytes(to, vreinterpretq_u8_u32(vzip1q_u32(firsts[half], lasts[half])));
    store_row_bytes(to + 16, vreinterpretq_u8_u32(vzip2q_u32(firsts[half], lasts[half])));
  }
}
/// Four bf16 of each of two rows or tokens.
using Quads = bfloat16x8_t;
WEIGHIN_WORD Quads load_quads(const std::byte* at) {
  return vreinterpretq_bf16_u8(load_row_bytes(at));
}
/// The first `count` of four of each; the rest is 0.
WEIGHIN_WORD Quads load_quads(const uint16_t* first, const uint16_t* second, uint32_t count) {
  uint64_t quads[2] = {0, 0};
  __builtin_memcpy(&quads[0], first, count * 2);
  __builtin_memcpy(&quads[1], second, count * 2);
  return vreinterpretq_bf16_u64(vcombine_u64(vcreate_u64(quads[0]), vcreate_u64(quads[1])));
}
/// Adds w[row][4] . x[token][4]; a tile's lanes are [row][token].
WEIGHIN_WORD RowFloats add_tile(RowFloats tile, Quads w, Quads x) {
  return vbfmmlaq_f32(tile, w, x);
}
/// The first, the second token's lanes of the tiles of four rows.
WEIGHIN_WORD RowFloats first_token(RowFloats low, RowFloats high) {
  return vuzp1q_f32(low, high);
}
WEIGHIN_WORD RowFloats second_token(RowFloats low, RowFloats high) {
  return vuzp2q_f32(low, high);
}
