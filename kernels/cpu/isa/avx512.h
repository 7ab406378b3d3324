// The words in AVX-512 (F, BW, VL, DQ). Products of one token with plain weights are AVX2's, whose registers
// hold a group.

#define WEIGHIN_FLOATS
#define WEIGHIN_INT8_DOTS
#define WEIGHIN_UNIT_SUMS
constexpr bool adds_plain_gemv = false;

#include "kernels/cpu/isa/x86_512.h"
#include "kernels/cpu/isa/x86_dots_by_pairs.h"

WEIGHIN_WORD I32 dot2(I32 sum, I32 pairs, const int16_t* x) {
  return sum + reinterpret_cast<I32>(_mm512_madd_epi16(reinterpret_cast<__m512i>(pairs), all_lane_bytes(x)));
}
template <bool wide>
WEIGHIN_WORD I32 dot4(I32 sum, LaneBytes w, LaneBytes x) {
  __m512i size = w;
  if (wide) {
    size = _mm512_abs_epi8(w);
    x = _mm512_mask_sub_epi8(x, _mm512_movepi8_mask(w), _mm512_setzero_si512(), x);
  }
  const __m512i pairs = _mm512_maddubs_epi16(size, x);
  return sum + reinterpret_cast<I32>(_mm512_madd_epi16(pairs, _mm512_set1_epi16(1)));
}

/// 32 sums, of one f16 of each row: in registers of 256 bits, which Zen 4 widens faster than those of 512
/// (from the level-2 cache 67 GB/s of weights instead of 50).
struct F16UnitSums {
  __m256 sums[4] = {};
  WEIGHIN_INLINE void add(const std::byte* unit, float x) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(unit + 16 * i));
      sums[i] = _mm256_fmadd_ps(_mm256_cvtph_ps(halves), _mm256_set1_ps(x), sums[i]);
    }
  }
  WEIGHIN_INLINE void add(const F16UnitSums& other) {
    for (int i = 0; i < 4; ++i) sums[i] = _mm256_add_ps(sums[i], other.sums[i]);
  }
  WEIGHIN_INLINE F32 rows(int v) const {
    return _mm512_insertf32x8(_mm512_castps256_ps512(sums[2 * v]), sums[2 * v + 1], 1);
  }
};

/// 32 sums, of one bf16 of each row. A register of them is one of pairs of rows: shifted, its even rows are
/// floats, and masked, its odd rows; no value leaves its lane before the end (74 GB/s instead of 50).
struct Bf16UnitSums {
  F32 even{}, odd{};
  WEIGHIN_INLINE void add(const std::byte* unit, float x) {
    const I32 pairs = load_i32(unit);
    even = multiply_add(as_f32(pairs << 16), all_f32(x), even);
    odd = multiply_add(as_f32(pairs & -0x10000), all_f32(x), odd);
  }
  WEIGHIN_INLINE void add(const Bf16UnitSums& other) {
    even += other.even;
    odd += other.odd;
  }
  WEIGHIN_INLINE F32 rows(int v) const {
    const __m512i first = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    return _mm512_permutex2var_ps(even, _mm512_add_epi32(first, _mm512_set1_epi32(8 * v)), odd);
  }
};

constexpr int peak_int8_operations = 8 * lanes;
WEIGHIN_WORD I32 peak_int8_step(I32 sum, LaneBytes x, LaneBytes y) {
  return dot4<false>(sum, x, y);
}
