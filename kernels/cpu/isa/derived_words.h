// What follows from a set's own header. Included after it.

#if defined(WEIGHIN_INT8_DOTS) || defined(WEIGHIN_INT8_TILES)
#define WEIGHIN_INT8
#endif
#if defined(WEIGHIN_BF16_PAIRS) || defined(WEIGHIN_BF16_TILES)
#define WEIGHIN_BF16
#endif
#if !defined(WEIGHIN_FLOATS) && !defined(WEIGHIN_INT8) && !defined(WEIGHIN_BF16)
#error "The header of an instruction set says by a macro what it adds (docs/simd_words.md)."
#endif

#if defined(WEIGHIN_INT8) && !defined(WEIGHIN_DOT_TIMES)
WEIGHIN_WORD IntSums add_dot_times(IntSums a, GroupBytes w, GroupBytes x, int32_t first, int32_t second) {
  return add_times(a, dot(w, x), first, second);
}
#endif

/// The first `left` values, at most a vector. The other lanes of a load are 0.
template <class Count>
WEIGHIN_WORD F32 load_f32(const float* from, Count left) {
  return left >= lanes ? load_f32(from) : load_f32_part(from, static_cast<uint32_t>(left));
}
template <class Count>
WEIGHIN_WORD void store_f32(float* to, F32 v, Count left) {
  if (left >= lanes) {
    store_f32(to, v);
  } else {
    store_f32_part(to, v, static_cast<uint32_t>(left));
  }
}
