// Dot products of bytes where a set has no instruction for them: bytes to pairs of 16 bits (which |w| x fills
// at most to 32512, and 6-bit weights to 16002), pairs to 32 bits.

constexpr int wide_offset = 0;

WEIGHIN_WORD GroupBytes widen(GroupBytes b) {
  return b;
}
WEIGHIN_WORD GroupDots dot(GroupBytes w, GroupBytes x) {
  return _mm256_madd_epi16(_mm256_maddubs_epi16(w, x), _mm256_set1_epi16(1));
}
WEIGHIN_WORD GroupDots dot_wide(GroupBytes w, GroupBytes x) {
  return dot(_mm256_abs_epi8(w), _mm256_sign_epi8(x, w));
}
