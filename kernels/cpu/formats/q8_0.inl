// q8_0 (kernels/formats/q8_0.cc).

template <>
struct Plain<FormatId::q8_0> {
  static constexpr BlockShape shape{.values = 32, .bytes = 34, .offset = wide_offset, .wide = true};
  template <class Each>
  WEIGHIN_WORD void groups(const std::byte* block, Each& each) {
    const float d = one_f16(block);
    each(0, widen(load_group(block + 2)), Group{d, d});
  }
};

template <>
struct Packed<FormatId::q8_0> {
  static constexpr uint8_t flip = wide_offset;
  WEIGHIN_WORD void words(Unit unit, int, LaneBytes (&q)[8]) { load_words(unit, 2, q); }
  WEIGHIN_WORD F32 scale(Unit unit, int) { return unit.halves(0); }
};
