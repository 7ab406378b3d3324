// q4_1 (kernels/formats/q4_1.cc): d q + m is d q less a min of -m.

template <>
struct Plain<FormatId::q4_1> {
  static constexpr BlockShape shape{.values = 32, .bytes = 20, .mins = 1};
  template <class Each>
  WEIGHIN_PART void groups(const std::byte* block, Each& each) {
    const float d = half(block), min = -half(block + 2);
    each(0, load_nibbles(block + 4), Group{d, d, min, min});
  }
};

template <>
struct Packed<FormatId::q4_1> {
  WEIGHIN_PART void words(const std::byte* unit, int, RowBytes (&q)[8]) {
    load_nibble_words(unit + 4 * row_lanes, q);
  }
  WEIGHIN_PART RowFloats scale(const std::byte* unit, int) { return load_halves(unit); }
  WEIGHIN_PART RowFloats min(const std::byte* unit, int) {
    return times(load_halves(unit + 2 * row_lanes), all_floats(-1));
  }
};
