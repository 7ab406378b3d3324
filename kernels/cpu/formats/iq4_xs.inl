// iq4_xs (kernels/formats/iq4_xs.cc); its table is iq4_nl's.

template <>
struct Plain<FormatId::iq4_xs> {
  static constexpr BlockShape shape{.values = 256, .bytes = 136, .offset = wide_offset, .wide = true};
  template <class Each>
  WEIGHIN_PART void groups(const std::byte* block, Each& each) {
    const float d = half(block);
    const auto* s = reinterpret_cast<const uint8_t*>(block + 2);  // high pairs, then low nibbles
    for (int j = 0; j < 8; ++j) {
      const int scale = (s[2 + j / 2] >> 4 * (j % 2) & 15) | (s[j / 4] >> 2 * (j % 4) & 3) << 4;
      const float step = d * static_cast<float>(scale - 32);
      each(j, look_up(iq4_table.v, load_nibbles(block + 8 + 16 * j)), Group{step, step});
    }
  }
};

template <>
struct Packed<FormatId::iq4_xs> {
  static constexpr int low_at = 2 * row_lanes, high_at = 6 * row_lanes, words_at = 8 * row_lanes;
  WEIGHIN_PART RowFloats d(const std::byte* unit) { return load_halves(unit); }
  WEIGHIN_PART RowInts int_scale(const std::byte* unit, int g, int) {
    const RowInts low = load_row_u8(unit + low_at + row_lanes * (g / 2));
    const RowInts high = load_row_u8(unit + high_at + row_lanes * (g / 4));
    const RowInts four = int_and(int_right(low, 4 * (g % 2)), 15);
    const RowInts two = int_and(int_right(high, 2 * (g % 4)), 3);
    return int_add(int_or(four, int_left(two, 4)), all_ints(-32));
  }
  WEIGHIN_PART void words(const std::byte* unit, int g, RowBytes (&q)[8]) {
    load_nibble_words(unit + words_at + 16 * row_lanes * g, q);
    look_up_words(iq4_table.v, q);
  }
};
