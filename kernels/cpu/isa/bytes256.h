// Words shared by the x86 sets: dot products of 32 bytes in 256-bit registers.
// Included inside their namespaces. With WEIGHIN_VNNI set, WEIGHIN_DPBUSD is the intrinsic of 256-bit
// vpdpbusd in the encoding that the set has.

#define WEIGHIN_WORD [[gnu::always_inline]] static inline

using Bytes = __m256i;
using Dots = __m256i;  // lanes 0-3 of values 0-15, lanes 4-7 of values 16-31
using Lanes = __m256;

WEIGHIN_WORD float half(const void* at) {
  uint16_t bits;
  __builtin_memcpy(&bits, at, 2);
  return _cvtsh_ss(bits);
}
WEIGHIN_WORD Bytes load(const void* at) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(at));
}
WEIGHIN_WORD void store(void* at, Bytes b) {
  _mm256_storeu_si256(static_cast<__m256i*>(at), b);
}
WEIGHIN_WORD Bytes load_nibbles(const void* at) {
  const __m128i b = _mm_loadu_si128(static_cast<const __m128i*>(at));
  return _mm256_and_si256(_mm256_set_m128i(_mm_srli_epi16(b, 4), b), _mm256_set1_epi8(15));
}
WEIGHIN_WORD __m256i shifted(__m256i b, int right) {
  if (right == 0) return b;
  return right > 0 ? _mm256_srli_epi16(b, right) : _mm256_slli_epi16(b, -right);
}
WEIGHIN_WORD __m256i part(__m256i b, int right, int mask) {
  return _mm256_and_si256(shifted(b, right), _mm256_set1_epi8(static_cast<char>(mask)));
}
WEIGHIN_WORD __m256i add_part(__m256i low, __m256i b, int right, int mask) {
  return _mm256_or_si256(low, part(b, right, mask));
}
WEIGHIN_WORD __m256i look_up(const uint8_t* table, __m256i indices) {
  const __m128i values = _mm_load_si128(reinterpret_cast<const __m128i*>(table));
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(values), indices);
}
WEIGHIN_WORD Bytes spread_bits(const void* at) {
  int bits;
  __builtin_memcpy(&bits, at, 4);
  const __m256i byte_of = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
  const __m256i bit_of = _mm256_set1_epi64x(static_cast<int64_t>(0x8040201008040201));
  const __m256i bytes = _mm256_shuffle_epi8(_mm256_set1_epi32(bits), byte_of);
  return _mm256_cmpeq_epi8(_mm256_and_si256(bytes, bit_of), bit_of);
}
WEIGHIN_WORD Lanes no_lanes() {
  return _mm256_setzero_ps();
}
WEIGHIN_WORD Lanes add_scaled(Lanes a, Dots d, float first, float second) {
  const __m256 scale = _mm256_set_m128(_mm_set1_ps(second), _mm_set1_ps(first));
  return _mm256_fmadd_ps(_mm256_cvtepi32_ps(d), scale, a);
}
using IntLanes = __m256i;
WEIGHIN_WORD IntLanes no_int_lanes() {
  return _mm256_setzero_si256();
}
WEIGHIN_WORD IntLanes add_times(IntLanes a, Dots d, int32_t first, int32_t second) {
  const __m256i scale = _mm256_blend_epi32(_mm256_set1_epi32(first), _mm256_set1_epi32(second), 0xF0);
  return _mm256_add_epi32(a, _mm256_mullo_epi32(d, scale));
}
WEIGHIN_WORD Lanes add_scaled(Lanes a, IntLanes ints, float scale) {
  return _mm256_fmadd_ps(_mm256_cvtepi32_ps(ints), _mm256_set1_ps(scale), a);
}
WEIGHIN_WORD float total(Lanes a) {
  __m128 s = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_add_ss(s, _mm_shuffle_ps(s, s, 1)));
}
#if WEIGHIN_VNNI
constexpr int wide_offset = 128;  // vpdpbusd multiplies unsigned by signed bytes
WEIGHIN_WORD Bytes widen(Bytes b) {
  return _mm256_xor_si256(b, _mm256_set1_epi8(-128));
}
WEIGHIN_WORD Dots dot(Bytes w, Bytes x) {
  return WEIGHIN_DPBUSD(_mm256_setzero_si256(), w, x);
}
WEIGHIN_WORD Dots dot_wide(Bytes w, Bytes x) {
  return dot(w, x);
}
#else
constexpr int wide_offset = 0;
WEIGHIN_WORD Bytes widen(Bytes b) {
  return b;
}
/// Dot products where the set has none: bytes to pairs of 16 bits (which |w| x fills at most to 32512, and
/// 6-bit weights to 16002), pairs to 32 bits.
WEIGHIN_WORD Dots dot_by_pairs(Bytes w, Bytes x) {
  return _mm256_madd_epi16(_mm256_maddubs_epi16(w, x), _mm256_set1_epi16(1));
}
WEIGHIN_WORD Dots dot_wide_by_pairs(Bytes w, Bytes x) {
  return dot_by_pairs(_mm256_abs_epi8(w), _mm256_sign_epi8(x, w));
}
WEIGHIN_WORD Dots dot(Bytes w, Bytes x) {
  return dot_by_pairs(w, x);
}
WEIGHIN_WORD Dots dot_wide(Bytes w, Bytes x) {
  return dot_wide_by_pairs(w, x);
}
#endif
