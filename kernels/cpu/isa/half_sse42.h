// f16 to f32 by integer arithmetic, for processors of before F16C. Included inside the namespaces of SSE4.2.

/// The low 16 bits of each lane, exactly. Exponents move by 127 - 15, once more where all their bits are set;
/// of subnormals the exponent of 2^-14 is put in front, and 2^-14 taken away.
WEIGHIN_WORD __m128 widen_halves(__m128i bits) {
  const __m128i size = _mm_and_si128(bits, _mm_set1_epi32(0x7fff)), moved = _mm_slli_epi32(size, 13);
  const __m128i sign = _mm_slli_epi32(_mm_xor_si128(bits, size), 16);
  const __m128i bias = _mm_set1_epi32((127 - 15) << 23), least = _mm_set1_epi32((127 - 14) << 23);
  const __m128i infinite = _mm_and_si128(_mm_cmpgt_epi32(size, _mm_set1_epi32(0x7bff)), bias);
  const __m128i normal = _mm_add_epi32(_mm_add_epi32(moved, bias), infinite);
  const __m128 in_front = _mm_castsi128_ps(_mm_add_epi32(moved, least));
  const __m128i subnormal = _mm_castps_si128(_mm_sub_ps(in_front, _mm_castsi128_ps(least)));
  const __m128i is_subnormal = _mm_cmplt_epi32(size, _mm_set1_epi32(0x400));
  return _mm_castsi128_ps(_mm_or_si128(sign, _mm_blendv_epi8(normal, subnormal, is_subnormal)));
}
