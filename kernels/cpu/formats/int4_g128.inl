// int4_g128 (kernels/formats/int4_g128.cc): d (q - zero) is d q less a min of d zero.

template <>
struct Plain<FormatId::int4_g128> {
  static constexpr BlockShape shape{.values = 256, .bytes = 133, .mins = 1};
  template <class Each>
  WEIGHIN_PART void groups(const std::byte* block, Each& each) {
    const auto zeros = static_cast<uint8_t>(block[4]);
    for (int j = 0; j < 8; ++j) {
      const float d = half(block + 2 * (j / 4)), min = d * static_cast<float>(zeros >> 4 * (j / 4) & 15);
      each(j, load_nibbles(block + 5 + 16 * j), Group{d, d, min, min});
    }
  }
};

template <>
struct Packed<FormatId::int4_g128> {
  WEIGHIN_PART void words(const std::byte* unit, int g, RowBytes (&q)[8]) {
    load_nibble_words(unit + (5 + 16 * g) * row_lanes, q);
  }
  WEIGHIN_PART RowFloats scale(const std::byte* unit, int g) {
    return load_halves(unit + 2 * row_lanes * (g / 4));
  }
  WEIGHIN_PART RowFloats min(const std::byte* unit, int g) {
    const RowInts zeros = load_row_u8(unit + 4 * row_lanes);
    return times(to_floats(int_and(int_right(zeros, 4 * (g / 4)), 15)), scale(unit, g));
  }
};
