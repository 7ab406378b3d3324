// q4_1 (kernels/formats/q4_1.cc): d q + m is d q minus a min of -m.

template <>
struct Plain<FormatId::q4_1> {
  static constexpr BlockShape shape{.values = 32, .bytes = 20, .mins = 1};
  template <class Each>
  WEIGHIN_WORD void groups(const std::byte* block, Each& each) {
    const float d = one_f16(block), min = -one_f16(block + 2);
    each(0, load_nibbles(block + 4), Group{d, d, min, min});
  }
};

template <>
struct Packed<FormatId::q4_1> {
  WEIGHIN_WORD void words(Unit unit, int, LaneBytes (&q)[8]) { load_nibble_words(unit, 4, q); }
  WEIGHIN_WORD F32 scale(Unit unit, int) { return unit.halves(0); }
  WEIGHIN_WORD F32 min(Unit unit, int) { return -unit.halves(2); }
};
