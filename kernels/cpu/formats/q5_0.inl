// q5_0 (kernels/formats/q5_0.cc).

template <>
struct Plain<FormatId::q5_0> {
  static constexpr BlockShape shape{.values = 32, .bytes = 22, .offset = 16};
  template <class Each>
  WEIGHIN_PART void groups(const std::byte* block, Each& each) {
    const float d = half(block);
    each(0, add_part(load_nibbles(block + 6), spread_bits(block + 2), 0, 16), Group{d, d});
  }
};

template <>
struct Packed<FormatId::q5_0> {
  WEIGHIN_PART void words(const std::byte* unit, int, RowBytes (&q)[8]) {
    load_nibble_words(unit + 6 * row_lanes, q);
    add_fifth_bits(load_row_bytes(unit + 2 * row_lanes), q);
  }
  WEIGHIN_PART RowFloats scale(const std::byte* unit, int) { return load_halves(unit); }
};
