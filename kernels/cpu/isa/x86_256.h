// The words for registers of 256 bits in AVX2, FMA and F16C, all but the dot products of bytes.

constexpr int lanes = 8;
constexpr int gemm_tokens = 2;
constexpr int decode_sums = 8, prefill_rows = 4, prefill_vectors = 3;  // of 16 registers
using LaneBytes = __m256i;
#include "kernels/cpu/isa/vectors.h"
#include "kernels/cpu/isa/x86_groups.h"

// --- f32
WEIGHIN_WORD F32 multiply_add(F32 a, F32 b, F32 c) {
  return _mm256_fmadd_ps(a, b, c);
}
WEIGHIN_WORD F32 larger(F32 a, F32 b) {
  return _mm256_max_ps(a, b);
}
WEIGHIN_WORD F32 smaller(F32 a, F32 b) {
  return _mm256_min_ps(a, b);
}
WEIGHIN_WORD float largest_lane(F32 v) {
  __m128 half = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  half = _mm_max_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_max_ss(half, _mm_movehdup_ps(half)));
}
/// In each half lane i: the sum of v[i] over the half.
WEIGHIN_WORD F32 half_sums(const F32* v) {
  return _mm256_hadd_ps(_mm256_hadd_ps(v[0], v[1]), _mm256_hadd_ps(v[2], v[3]));
}
WEIGHIN_WORD F32 sums(const F32* v) {
  const F32 a = half_sums(v), b = half_sums(v + 4);
  return _mm256_add_ps(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
}
WEIGHIN_WORD F32 zip_low(F32 a, F32 b) {
  return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
WEIGHIN_WORD F32 zip_high(F32 a, F32 b) {
  return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
WEIGHIN_WORD __m256i first_lanes(uint32_t count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int32_t>(count)),
                            _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
WEIGHIN_WORD F32 load_f32_part(const void* from, uint32_t count) {
  return _mm256_maskload_ps(static_cast<const float*>(from), first_lanes(count));
}
WEIGHIN_WORD void store_f32_part(float* to, F32 v, uint32_t count) {
  _mm256_maskstore_ps(to, first_lanes(count), v);
}
WEIGHIN_WORD F32 load_f16(const void* from) {
  return _mm256_cvtph_ps(_mm_loadu_si128(static_cast<const __m128i*>(from)));
}
WEIGHIN_WORD F32 load_f16_part(const void* from, uint32_t count) {
  uint16_t padded[lanes] = {};
  for (uint32_t i = 0; i < count; ++i) padded[i] = static_cast<const uint16_t*>(from)[i];
  return load_f16(padded);
}
WEIGHIN_WORD F32 load_bf16(const void* from) {
  const __m128i b = _mm_loadu_si128(static_cast<const __m128i*>(from));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(b), 16));
}
WEIGHIN_WORD F32 load_i8(const void* from) {
  return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(static_cast<const __m128i*>(from))));
}

// --- integers
WEIGHIN_WORD I32 load_u8(const void* from) {
  return reinterpret_cast<I32>(_mm256_cvtepu8_epi32(_mm_loadl_epi64(static_cast<const __m128i*>(from))));
}
WEIGHIN_WORD I32 dot2(I32 sum, I32 pairs, const int16_t* x) {
  return sum + reinterpret_cast<I32>(_mm256_madd_epi16(reinterpret_cast<__m256i>(pairs), all_lane_bytes(x)));
}
