// Sums of units of 16-bit floats in AVX-512, where widening whole registers takes too long.

/// Halves in 256-bit registers: Zen 4 widens them faster than those of 512 (from the level-2 cache 67 GB/s of
/// weights instead of 50).
template <>
struct UnitSums<FloatFormat<FormatId::f16>> {
  static constexpr int count = unit_rows / 8;
  __m256 sums[count];
  [[gnu::always_inline]] inline UnitSums() {
    for (__m256& sum : sums) sum = _mm256_setzero_ps();
  }
  [[gnu::always_inline]] inline void add(const std::byte* unit, float x) {
#pragma GCC unroll 4
    for (int i = 0; i < count; ++i) {
      const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(unit + 16 * i));
      sums[i] = _mm256_fmadd_ps(_mm256_cvtph_ps(halves), _mm256_set1_ps(x), sums[i]);
    }
  }
  [[gnu::always_inline]] inline void add(const UnitSums& other) {
    for (int i = 0; i < count; ++i) sums[i] = _mm256_add_ps(sums[i], other.sums[i]);
  }
  [[gnu::always_inline]] inline RowFloats rows(int v) const {
    return _mm512_insertf32x8(_mm512_castps256_ps512(sums[2 * v]), sums[2 * v + 1], 1);
  }
};

/// A register of bf16 is one of pairs of rows: shifted, its even rows are floats, and cut off its odd ones;
/// no value leaves its lane before the end (74 GB/s instead of 50).
template <>
struct UnitSums<FloatFormat<FormatId::bf16>> {
  static_assert(row_vectors == 2);
  RowFloats even, odd;
  [[gnu::always_inline]] inline UnitSums() : even(all_floats(0)), odd(all_floats(0)) {}
  [[gnu::always_inline]] inline void add(const std::byte* unit, float x) {
    const RowInts pairs = load_row_bytes(unit);
    even = add_product(even, bits_as_floats(int_left(pairs, 16)), all_floats(x));
    odd = add_product(odd, bits_as_floats(int_and(pairs, -0x10000)), all_floats(x));
  }
  [[gnu::always_inline]] inline void add(const UnitSums& other) {
    even = add_rows(even, other.even);
    odd = add_rows(odd, other.odd);
  }
  [[gnu::always_inline]] inline RowFloats rows(int v) const {
    const __m512i first = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    return _mm512_permutex2var_ps(even, int_add(first, all_ints(8 * v)), odd);
  }
};
