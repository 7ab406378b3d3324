// Dot products of bytes by ARM's dotprod instructions.

WEIGHIN_WORD int32x4_t dot_of_16(int32x4_t sum, uint8x16_t w, uint8x16_t x) {
  return vdotq_s32(sum, vreinterpretq_s8_u8(w), vreinterpretq_s8_u8(x));
}
WEIGHIN_WORD GroupDots dot(GroupBytes w, GroupBytes x) {
  return {dot_of_16(vdupq_n_s32(0), w.low, x.low), dot_of_16(vdupq_n_s32(0), w.high, x.high)};
}
WEIGHIN_WORD GroupDots dot_wide(GroupBytes w, GroupBytes x) {
  return dot(w, x);
}
template <bool wide>
WEIGHIN_WORD I32 dot4(I32 sum, LaneBytes w, LaneBytes x) {
  return dot_of_16(sum, w, x);
}
