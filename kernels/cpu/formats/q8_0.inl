// q8_0 (kernels/formats/q8_0.cc).

template <>
struct Plain<FormatId::q8_0> {
  static constexpr BlockShape shape{.values = 32, .bytes = 34, .offset = wide_offset, .wide = true};
  template <class Each>
  WEIGHIN_PART void groups(const std::byte* block, Each& each) {
    const float d = half(block);
    each(0, widen(load(block + 2)), Group{d, d});
  }
};

template <>
struct Packed<FormatId::q8_0> {
  static constexpr uint8_t flip = wide_offset;
  WEIGHIN_PART void words(const std::byte* unit, int, RowBytes (&q)[8]) {
    load_words(unit + 2 * row_lanes, q);
  }
  WEIGHIN_PART RowFloats scale(const std::byte* unit, int) { return load_halves(unit); }
};
