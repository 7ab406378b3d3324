// Dot products of bytes by VPDPBUSD, which multiplies unsigned by signed bytes. WEIGHIN_DPBUSD is the
// intrinsic of its 256-bit form in the encoding that the set has.

constexpr int wide_offset = 128;

WEIGHIN_WORD GroupBytes widen(GroupBytes b) {
  return _mm256_xor_si256(b, _mm256_set1_epi8(-128));
}
WEIGHIN_WORD GroupDots dot(GroupBytes w, GroupBytes x) {
  return WEIGHIN_DPBUSD(_mm256_setzero_si256(), w, x);
}
WEIGHIN_WORD GroupDots dot_wide(GroupBytes w, GroupBytes x) {
  return dot(w, x);
}
