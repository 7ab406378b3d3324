// q4_0 (kernels/formats/q4_0.cc).

template <>
struct Plain<FormatId::q4_0> {
  static constexpr BlockShape shape{.values = 32, .bytes = 18, .offset = 8};
  template <class Each>
  WEIGHIN_PART void groups(const std::byte* block, Each& each) {
    const float d = half(block);
    each(0, load_nibbles(block + 2), Group{d, d});
  }
};

template <>
struct Packed<FormatId::q4_0> {
  WEIGHIN_PART void words(const std::byte* unit, int, RowBytes (&q)[8]) {
    load_nibble_words(unit + 2 * row_lanes, q);
  }
  WEIGHIN_PART RowFloats scale(const std::byte* unit, int) { return load_halves(unit); }
};
