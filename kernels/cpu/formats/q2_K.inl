// q2_K (kernels/formats/q2_K.cc).

template <>
struct Plain<FormatId::q2_K> {
  static constexpr BlockShape shape{.values = 256, .bytes = 84, .halves = 2, .mins = 2};
  template <class Each>
  WEIGHIN_PART void groups(const std::byte* block, Each& each) {
    const float d = half(block + 80), dmin = half(block + 82);
    const auto* s = reinterpret_cast<const uint8_t*>(block);
#pragma GCC unroll 8
    for (int j = 0; j < 8; ++j) {
      const int first = s[2 * j], second = s[2 * j + 1];
      each(j, part(load(block + 16 + 32 * (j / 4)), 2 * (j % 4), 3),
           Group{d * static_cast<float>(first & 15), d * static_cast<float>(second & 15),
                 dmin * static_cast<float>(first >> 4), dmin * static_cast<float>(second >> 4)});
    }
  }
};

template <>
struct Packed<FormatId::q2_K> {
  static constexpr int scales_at = 4 * row_lanes, words_at = 20 * row_lanes;
  WEIGHIN_PART RowFloats d(const std::byte* unit) { return load_halves(unit); }
  WEIGHIN_PART RowFloats dmin(const std::byte* unit) { return load_halves(unit + 2 * row_lanes); }
  WEIGHIN_PART RowInts int_scale(const std::byte* unit, int g, int h) {
    return int_and(load_row_u8(unit + scales_at + row_lanes * (2 * g + h)), 15);
  }
  WEIGHIN_PART RowInts int_min(const std::byte* unit, int g, int h) {
    return int_right(load_row_u8(unit + scales_at + row_lanes * (2 * g + h)), 4);
  }
  WEIGHIN_PART void words(const std::byte* unit, int g, RowBytes (&q)[8]) {
    load_pair_words(unit + words_at + 8 * row_lanes * g, q);
  }
};
