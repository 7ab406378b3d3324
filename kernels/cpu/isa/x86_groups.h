// The words for groups of 32 bytes in registers of 256 bits, for the sets from AVX2 on; all but the dot
// products (x86_dots_by_pairs.h, x86_dots_vnni.h). In sets of 256 bits a group is as large as `LaneBytes`.

#define WEIGHIN_DOT_TIMES
using GroupBytes = __m256i;
using GroupDots = __m256i;  // lanes 0-3: of values 0-15; lanes 4-7: of values 16-31
using FloatSums = __m256;
using IntSums = __m256i;

WEIGHIN_WORD float one_f16(const void* at) {
  uint16_t bits;
  __builtin_memcpy(&bits, at, sizeof bits);
  return _cvtsh_ss(bits);
}
WEIGHIN_WORD GroupBytes load_group(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}
WEIGHIN_WORD void store_group(void* to, GroupBytes b) {
  _mm256_storeu_si256(static_cast<__m256i*>(to), b);
}
WEIGHIN_WORD GroupBytes load_nibbles(const void* from) {
  const __m128i b = _mm_loadu_si128(static_cast<const __m128i*>(from));
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
WEIGHIN_WORD GroupBytes spread_bits(const void* at) {
  int bits;
  __builtin_memcpy(&bits, at, sizeof bits);
  const __m256i byte_of = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
  const __m256i bit_of = _mm256_set1_epi64x(static_cast<int64_t>(0x8040201008040201));
  const __m256i bytes = _mm256_shuffle_epi8(_mm256_set1_epi32(bits), byte_of);
  return _mm256_cmpeq_epi8(_mm256_and_si256(bytes, bit_of), bit_of);
}
WEIGHIN_WORD FloatSums add_scaled(FloatSums a, GroupDots d, float first, float second) {
  const __m256 scale = _mm256_set_m128(_mm_set1_ps(second), _mm_set1_ps(first));
  return _mm256_fmadd_ps(_mm256_cvtepi32_ps(d), scale, a);
}
WEIGHIN_WORD IntSums add_times(IntSums a, GroupDots d, int32_t first, int32_t second) {
  const __m256i scale = _mm256_blend_epi32(_mm256_set1_epi32(first), _mm256_set1_epi32(second), 0xF0);
  return _mm256_add_epi32(a, _mm256_mullo_epi32(d, scale));
}
/// The products of neighbouring bytes are added in 16 bits, which 6-bit weights fill to 2 x 63 x 127 = 16002,
/// and then multiplied with the scales as pairs.
WEIGHIN_WORD IntSums add_dot_times(IntSums a, GroupBytes w, GroupBytes x, int32_t first, int32_t second) {
  const __m256i scale = _mm256_blend_epi32(_mm256_set1_epi16(static_cast<int16_t>(first)),
                                           _mm256_set1_epi16(static_cast<int16_t>(second)), 0xF0);
  const __m256i pairs = _mm256_maddubs_epi16(w, x);
#ifdef WEIGHIN_DPWSSD
  return WEIGHIN_DPWSSD(a, pairs, scale);
#else
  return _mm256_add_epi32(a, _mm256_madd_epi16(pairs, scale));
#endif
}
template <int count>
WEIGHIN_WORD IntSums products_of(const int16_t* a, const int16_t* b) {
  static_assert(count == 8 || count == 16);
  if constexpr (count == 16) {
    return _mm256_madd_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(a)),
                             _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b)));
  }
  return _mm256_zextsi128_si256(_mm_madd_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a)),
                                               _mm_loadu_si128(reinterpret_cast<const __m128i*>(b))));
}
WEIGHIN_WORD FloatSums add_scaled(FloatSums a, IntSums ints, float scale) {
  return _mm256_fmadd_ps(_mm256_cvtepi32_ps(ints), _mm256_set1_ps(scale), a);
}
WEIGHIN_WORD float sum(FloatSums v) {
  __m128 half = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  half = _mm_add_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}
