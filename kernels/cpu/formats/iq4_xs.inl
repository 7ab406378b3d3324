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
  static constexpr int quad_bytes = 67;
  WEIGHIN_PART RowFloats d(Unit unit) { return unit.halves(0); }
  WEIGHIN_PART RowInts int_scale(Unit unit, int g, int) {
    const int at = 2 + quad_bytes * (g / 4);
    const RowInts four = int_and(int_right(unit.u8(at + g % 4 / 2), 4 * (g % 2)), 15);
    const RowInts two = int_and(int_right(unit.u8(at + 2), 2 * (g % 4)), 3);
    return int_add(int_or(four, int_left(two, 4)), all_ints(-32));
  }
  WEIGHIN_PART void words(Unit unit, int g, RowBytes (&q)[8]) {
    load_nibble_words(unit, 5 + quad_bytes * (g / 4) + 16 * (g % 4), q);
    look_up_words(iq4_table.v, q);
  }
};
