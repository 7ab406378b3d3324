// The vector types of an instruction set, and the words that are the same for every set because the
// compilers' vector extension has them. Included inside the set's namespace, after its `lanes` and
// `LaneBytes` (docs/simd_words.md).

/// One register each. They have the operators + - * / & | ^ << >> and the comparisons, lane by lane.
typedef float F32 __attribute__((vector_size(4 * lanes)));
typedef int32_t I32 __attribute__((vector_size(4 * lanes)));
typedef uint32_t U32 __attribute__((vector_size(4 * lanes)));
typedef uint64_t U64 __attribute__((vector_size(4 * lanes)));

WEIGHIN_WORD F32 all_f32(float value) {
  return value -
         F32{};  // F32{} + value would be another number for -0, and so an addition that the compiler keeps
}
WEIGHIN_WORD I32 all_i32(int32_t value) {
  return value - I32{};
}
WEIGHIN_WORD F32 load_f32(const void* from) {
  F32 v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}
WEIGHIN_WORD void store_f32(float* to, F32 v) {
  __builtin_memcpy(to, &v, sizeof v);
}
WEIGHIN_WORD I32 load_i32(const void* from) {
  I32 v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}
WEIGHIN_WORD U64 load_u64(const void* from) {
  U64 v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}
WEIGHIN_WORD LaneBytes load_lane_bytes(const void* from) {
  LaneBytes b;
  __builtin_memcpy(&b, from, sizeof b);
  return b;
}
WEIGHIN_WORD void store_lane_bytes(void* to, LaneBytes b) {
  __builtin_memcpy(to, &b, sizeof b);
}
/// The same four bytes in every lane.
WEIGHIN_WORD LaneBytes all_lane_bytes(const void* four) {
  int32_t word;
  __builtin_memcpy(&word, four, sizeof word);
  return reinterpret_cast<LaneBytes>(all_i32(word));
}
/// The nearest f32 of each integer.
WEIGHIN_WORD F32 to_f32(I32 v) {
  return __builtin_convertvector(v, F32);
}
/// The same bits, read as another type.
WEIGHIN_WORD F32 as_f32(I32 v) {
  return reinterpret_cast<F32>(v);
}
WEIGHIN_WORD I32 as_i32(F32 v) {
  return reinterpret_cast<I32>(v);
}
/// Zeros come in from the left. The operator >> keeps the sign.
WEIGHIN_WORD I32 shift_right(I32 v, int bits) {
  return reinterpret_cast<I32>(reinterpret_cast<U32>(v) >> bits);
}
