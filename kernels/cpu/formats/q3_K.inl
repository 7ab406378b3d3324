// q3_K (kernels/formats/q3_K.cc).

template <>
struct Plain<FormatId::q3_K> {
  static constexpr BlockShape shape{.values = 256, .bytes = 110, .offset = 4, .halves = 2};
  template <class Each>
  WEIGHIN_PART void groups(const std::byte* block, Each& each) {
    const float d = half(block + 108);
    const auto* s = reinterpret_cast<const uint8_t*>(block + 96);
    const auto step = [&](int j) [[gnu::always_inline]] {
      const int scale = (s[j % 8] >> j / 8 * 4 & 15) | (s[8 + j % 4] >> j / 4 * 2 & 3) << 4;
      return d * static_cast<float>(scale - 32);
    };
    const Bytes high = load(block);
#pragma GCC unroll 8
    for (int j = 0; j < 8; ++j) {
      const Bytes pairs = load(block + 32 + 32 * (j / 4));
      each(j, add_part(part(pairs, 2 * (j % 4), 3), high, j - 2, 4), Group{step(2 * j), step(2 * j + 1)});
    }
  }
};

template <>
struct Packed<FormatId::q3_K> {
  static constexpr int scales_at = 2 * row_lanes, words_at = 14 * row_lanes;
  WEIGHIN_PART RowFloats d(const std::byte* unit) { return load_halves(unit); }
  WEIGHIN_PART RowInts int_scale(const std::byte* unit, int g, int h) {
    const RowInts low = load_row_u8(unit + scales_at + row_lanes * g);
    const RowInts high = load_row_u8(unit + scales_at + row_lanes * (8 + g / 2));
    const RowInts four = int_and(int_right(low, 4 * h), 15);
    const RowInts two = int_and(int_right(high, 2 * (g % 2 * 2 + h)), 3);
    return int_add(int_or(four, int_left(two, 4)), all_ints(-32));
  }
  WEIGHIN_PART void words(const std::byte* unit, int g, RowBytes (&q)[8]) {
    const std::byte* at = unit + words_at + 12 * row_lanes * g;
    load_pair_words(at, q);
    const RowBytes high = load_row_bytes(at + 8 * row_lanes);
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) q[i] = add_part(q[i], high, i - 2, 4);
  }
};
