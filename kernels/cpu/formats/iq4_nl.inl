// iq4_nl (kernels/formats/iq4_nl.cc). The table serves iq4_xs too, and holds the values with wide_offset
// added.

static constexpr Table iq4_table = table_of(iq4_values, wide_offset);

template <>
struct Plain<FormatId::iq4_nl> {
  static constexpr BlockShape shape{.values = 32, .bytes = 18, .offset = wide_offset, .wide = true};
  template <class Each>
  WEIGHIN_WORD void groups(const std::byte* block, Each& each) {
    const float d = one_f16(block);
    each(0, look_up(iq4_table.v, load_nibbles(block + 2)), Group{d, d});
  }
};

template <>
struct Packed<FormatId::iq4_nl> {
  WEIGHIN_WORD void words(Unit unit, int, LaneBytes (&q)[8]) {
    load_nibble_words(unit, 2, q);
    look_up_words(iq4_table.v, q);
  }
  WEIGHIN_WORD F32 scale(Unit unit, int) { return unit.halves(0); }
};
