// NEON's vocabulary and the words for products of bytes by tiles of two rows and two tokens.

#include "kernels/cpu/isa/neon.h"

/// Of two words of four rows each, eight values of each of the first two rows, of the others.
WEIGHIN_WORD RowBytes first_rows(RowBytes word, RowBytes next) {
  return vreinterpretq_u8_u32(vzip1q_u32(vreinterpretq_u32_u8(word), vreinterpretq_u32_u8(next)));
}
WEIGHIN_WORD RowBytes last_rows(RowBytes word, RowBytes next) {
  return vreinterpretq_u8_u32(vzip2q_u32(vreinterpretq_u32_u8(word), vreinterpretq_u32_u8(next)));
}
/// Eight values of each of two tokens.
WEIGHIN_WORD RowBytes two_tokens(const int8_t* first, const int8_t* second) {
  return vreinterpretq_u8_s8(vcombine_s8(vld1_s8(first), vld1_s8(second)));
}
/// Adds w[row][8] . x[token][8]; a tile's lanes are [row][token].
WEIGHIN_WORD RowInts add_tile(RowInts tile, RowBytes w, RowBytes x) {
  return vmmlaq_s32(tile, vreinterpretq_s8_u8(w), vreinterpretq_s8_u8(x));
}
/// The first, the second token's lanes of the tiles of four rows.
WEIGHIN_WORD RowInts first_token(RowInts first, RowInts last) {
  return vuzp1q_s32(first, last);
}
WEIGHIN_WORD RowInts second_token(RowInts first, RowInts last) {
  return vuzp2q_s32(first, last);
}
