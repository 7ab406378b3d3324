// q5_0 (kernels/formats/q5_0.cc).

template <>
struct Plain<FormatId::q5_0> {
  static constexpr BlockShape shape{.values = 32, .bytes = 22, .offset = 16};
  template <class Each>
  WEIGHIN_WORD void groups(const std::byte* block, Each& each) {
    const float d = one_f16(block);
    each(0, add_part(load_nibbles(block + 6), spread_bits(block + 2), 0, 16), Group{d, d});
  }
};

template <>
struct Packed<FormatId::q5_0> {
  WEIGHIN_WORD void words(Unit unit, int, LaneBytes (&q)[8]) {
    load_nibble_words(unit, 6, q);
    add_fifth_bits(unit.word(2), q);
  }
  WEIGHIN_WORD F32 scale(Unit unit, int) { return unit.halves(0); }
};
