// The words in SSE4.2: registers of 128 bits, no fused multiply-add, and f16 by integer arithmetic.

#define WEIGHIN_FLOATS
#define WEIGHIN_INT8_DOTS
constexpr bool adds_plain_gemv = true;

constexpr int lanes = 4;
constexpr int gemm_tokens = 2;
constexpr int decode_sums = 8, prefill_rows = 4, prefill_vectors = 2;  // of 16 registers
using LaneBytes = __m128i;
#include "kernels/cpu/isa/vectors.h"

// --- f32
WEIGHIN_WORD F32 multiply_add(F32 a, F32 b, F32 c) {
  return a * b + c;
}
WEIGHIN_WORD F32 larger(F32 a, F32 b) {
  return _mm_max_ps(a, b);
}
WEIGHIN_WORD F32 smaller(F32 a, F32 b) {
  return _mm_min_ps(a, b);
}
WEIGHIN_WORD float sum(F32 v) {
  const F32 pairs = _mm_add_ps(v, _mm_movehl_ps(v, v));
  return _mm_cvtss_f32(_mm_add_ss(pairs, _mm_movehdup_ps(pairs)));
}
WEIGHIN_WORD float largest_lane(F32 v) {
  const F32 pairs = _mm_max_ps(v, _mm_movehl_ps(v, v));
  return _mm_cvtss_f32(_mm_max_ss(pairs, _mm_movehdup_ps(pairs)));
}
WEIGHIN_WORD F32 sums(const F32* v) {
  return _mm_hadd_ps(_mm_hadd_ps(v[0], v[1]), _mm_hadd_ps(v[2], v[3]));
}
WEIGHIN_WORD F32 zip_low(F32 a, F32 b) {
  return _mm_unpacklo_ps(a, b);
}
WEIGHIN_WORD F32 zip_high(F32 a, F32 b) {
  return _mm_unpackhi_ps(a, b);
}
WEIGHIN_WORD __m128i load_4_bytes(const void* from) {
  int four;
  __builtin_memcpy(&four, from, sizeof four);
  return _mm_cvtsi32_si128(four);
}
WEIGHIN_WORD __m128i load_8_bytes(const void* from) {
  return _mm_loadl_epi64(static_cast<const __m128i*>(from));
}
#include "kernels/cpu/isa/f16_by_integers.h"
WEIGHIN_WORD F32 load_f16(const void* from) {
  return widen_f16(reinterpret_cast<I32>(_mm_cvtepu16_epi32(load_8_bytes(from))));
}
#include "kernels/cpu/isa/f32_parts.h"
WEIGHIN_WORD F32 load_bf16(const void* from) {
  return _mm_castsi128_ps(_mm_unpacklo_epi16(_mm_setzero_si128(), load_8_bytes(from)));
}
WEIGHIN_WORD F32 load_i8(const void* from) {
  return _mm_cvtepi32_ps(_mm_cvtepi8_epi32(load_4_bytes(from)));
}

// --- integers
WEIGHIN_WORD I32 load_u8(const void* from) {
  return reinterpret_cast<I32>(_mm_cvtepu8_epi32(load_4_bytes(from)));
}
WEIGHIN_WORD I32 dot2(I32 sum, I32 pairs, const int16_t* x) {
  const __m128i two = _mm_shuffle_epi32(load_4_bytes(x), 0);
  return sum + reinterpret_cast<I32>(_mm_madd_epi16(reinterpret_cast<__m128i>(pairs), two));
}
/// Bytes to pairs of 16 bits (which |w| x fills at most to 32512, and 6-bit weights to 16002), pairs to 32
/// bits.
WEIGHIN_WORD __m128i dot_by_pairs(__m128i w, __m128i x) {
  return _mm_madd_epi16(_mm_maddubs_epi16(w, x), _mm_set1_epi16(1));
}
WEIGHIN_WORD __m128i dot_wide_by_pairs(__m128i w, __m128i x) {
  return dot_by_pairs(_mm_abs_epi8(w), _mm_sign_epi8(x, w));
}
template <bool wide>
WEIGHIN_WORD I32 dot4(I32 sum, LaneBytes w, LaneBytes x) {
  return sum + reinterpret_cast<I32>(wide ? dot_wide_by_pairs(w, x) : dot_by_pairs(w, x));
}

// --- four bytes in each lane
WEIGHIN_WORD __m128i shifted(__m128i b, int right) {
  if (right == 0) return b;
  return right > 0 ? _mm_srli_epi16(b, right) : _mm_slli_epi16(b, -right);
}
WEIGHIN_WORD LaneBytes part(LaneBytes b, int right, int mask) {
  return _mm_and_si128(shifted(b, right), _mm_set1_epi8(static_cast<char>(mask)));
}
WEIGHIN_WORD LaneBytes add_part(LaneBytes low, LaneBytes b, int right, int mask) {
  return _mm_or_si128(low, part(b, right, mask));
}
WEIGHIN_WORD LaneBytes look_up(const uint8_t* table, LaneBytes indices) {
  return _mm_shuffle_epi8(_mm_load_si128(reinterpret_cast<const __m128i*>(table)), indices);
}

// --- groups of 32 bytes
struct GroupBytes {
  __m128i low, high;
};
struct GroupDots {  // each to be summed over its lanes
  __m128i first, second;
};
using FloatSums = F32;
using IntSums = __m128i;
constexpr int wide_offset = 0;

WEIGHIN_WORD float one_f16(const void* at) {
  uint16_t bits;
  __builtin_memcpy(&bits, at, sizeof bits);
  return widen_f16(I32{bits})[0];
}
WEIGHIN_WORD GroupBytes load_group(const void* from) {
  const auto* halves = static_cast<const __m128i*>(from);
  return {_mm_loadu_si128(halves), _mm_loadu_si128(halves + 1)};
}
WEIGHIN_WORD void store_group(void* to, GroupBytes b) {
  auto* halves = static_cast<__m128i*>(to);
  _mm_storeu_si128(halves, b.low);
  _mm_storeu_si128(halves + 1, b.high);
}
WEIGHIN_WORD GroupBytes load_nibbles(const void* from) {
  const __m128i b = _mm_loadu_si128(static_cast<const __m128i*>(from));
  return {part(b, 0, 15), part(b, 4, 15)};
}
#include "kernels/cpu/isa/group_halves.h"
WEIGHIN_WORD __m128i spread_bits_of(__m128i bits, int64_t low_byte, int64_t high_byte) {
  const __m128i bit_of = _mm_set1_epi64x(static_cast<int64_t>(0x8040201008040201));
  const __m128i bytes = _mm_shuffle_epi8(bits, _mm_set_epi64x(high_byte, low_byte));
  return _mm_cmpeq_epi8(_mm_and_si128(bytes, bit_of), bit_of);
}
WEIGHIN_WORD GroupBytes spread_bits(const void* at) {
  const __m128i bits = load_4_bytes(at);
  return {spread_bits_of(bits, 0, 0x0101010101010101),
          spread_bits_of(bits, 0x0202020202020202, 0x0303030303030303)};
}
WEIGHIN_WORD GroupDots dot(GroupBytes w, GroupBytes x) {
  return {dot_by_pairs(w.low, x.low), dot_by_pairs(w.high, x.high)};
}
WEIGHIN_WORD GroupDots dot_wide(GroupBytes w, GroupBytes x) {
  return {dot_wide_by_pairs(w.low, x.low), dot_wide_by_pairs(w.high, x.high)};
}
WEIGHIN_WORD FloatSums add_scaled(FloatSums a, GroupDots d, float first, float second) {
  return a + _mm_cvtepi32_ps(d.first) * first + _mm_cvtepi32_ps(d.second) * second;
}
WEIGHIN_WORD IntSums add_times(IntSums a, GroupDots d, int32_t first, int32_t second) {
  a = _mm_add_epi32(a, _mm_mullo_epi32(d.first, _mm_set1_epi32(first)));
  return _mm_add_epi32(a, _mm_mullo_epi32(d.second, _mm_set1_epi32(second)));
}
template <int count>
WEIGHIN_WORD IntSums products_of(const int16_t* a, const int16_t* b) {
  static_assert(count % 8 == 0);
  __m128i sums = _mm_setzero_si128();
  for (int i = 0; i < count; i += 8) {
    sums = _mm_add_epi32(sums, _mm_madd_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a + i)),
                                              _mm_loadu_si128(reinterpret_cast<const __m128i*>(b + i))));
  }
  return sums;
}
WEIGHIN_WORD FloatSums add_scaled(FloatSums a, IntSums ints, float scale) {
  return a + _mm_cvtepi32_ps(ints) * scale;
}

// --- what cpu.peak_int8 repeats
constexpr int peak_int8_operations = 8 * lanes;
WEIGHIN_WORD I32 peak_int8_step(I32 sum, LaneBytes x, LaneBytes y) {
  return dot4<false>(sum, x, y);
}
