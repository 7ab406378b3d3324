// q4_0 (kernels/formats/q4_0.cc).

template <>
struct Plain<FormatId::q4_0> {
  static constexpr BlockShape shape{.values = 32, .bytes = 18, .offset = 8};
  template <class Each>
  WEIGHIN_WORD void groups(const std::byte* block, Each& each) {
    const float d = one_f16(block);
    each(0, load_nibbles(block + 2), Group{d, d});
  }
};

template <>
struct Packed<FormatId::q4_0> {
  WEIGHIN_WORD void words(Unit unit, int, LaneBytes (&q)[8]) { load_nibble_words(unit, 2, q); }
  WEIGHIN_WORD F32 scale(Unit unit, int) { return unit.halves(0); }
};
