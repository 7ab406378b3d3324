// int4_g128 (kernels/formats/int4_g128.cc): d (q - zero) is d q minus a min of d zero.

template <>
struct Plain<FormatId::int4_g128> {
  static constexpr BlockShape shape{.values = 256, .bytes = 133, .mins = 1};
  template <class Each>
  WEIGHIN_WORD void groups(const std::byte* block, Each& each) {
    const auto zeros = static_cast<uint8_t>(block[4]);
    for (int j = 0; j < 8; ++j) {
      const float d = one_f16(block + 2 * (j / 4)), min = d * static_cast<float>(zeros >> 4 * (j / 4) & 15);
      each(j, load_nibbles(block + 5 + 16 * j), Group{d, d, min, min});
    }
  }
};

template <>
struct Packed<FormatId::int4_g128> {
  WEIGHIN_WORD void words(Unit unit, int g, LaneBytes (&q)[8]) { load_nibble_words(unit, 5 + 16 * g, q); }
  WEIGHIN_WORD F32 scale(Unit unit, int g) { return unit.halves(2 * (g / 4)); }
  WEIGHIN_WORD F32 min(Unit unit, int g) {
    return to_f32(shift_right(unit.u8(4), 4 * (g / 4)) & 15) * scale(unit, g);
  }
};
