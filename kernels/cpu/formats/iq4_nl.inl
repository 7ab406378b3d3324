// iq4_nl (kernels/formats/iq4_nl.cc). `iq4_table` is iq4_xs's too: values with wide_offset added.

static constexpr Table iq4_table = table_of(iq4_values, wide_offset);

template <>
struct Plain<FormatId::iq4_nl> {
  static constexpr BlockShape shape{.values = 32, .bytes = 18, .offset = wide_offset, .wide = true};
  template <class Each>
  WEIGHIN_PART void groups(const std::byte* block, Each& each) {
    const float d = half(block);
    each(0, look_up(iq4_table.v, load_nibbles(block + 2)), Group{d, d});
  }
};

template <>
struct Packed<FormatId::iq4_nl> {
  WEIGHIN_PART void words(const std::byte* unit, int, RowBytes (&q)[8]) {
    load_nibble_words(unit + 2 * row_lanes, q);
    look_up_words(iq4_table.v, q);
  }
  WEIGHIN_PART RowFloats scale(const std::byte* unit, int) { return load_halves(unit); }
};
