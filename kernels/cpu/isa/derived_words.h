// Words that are made of a set's own. Included after these.

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
