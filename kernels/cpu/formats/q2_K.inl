// q2_K (kernels/formats/q2_K.cc).

template <>
struct Plain<FormatId::q2_K> {
  static constexpr BlockShape shape{.values = 256, .bytes = 84, .halves = 2, .mins = 2};
  template <class Each>
  WEIGHIN_PART void groups(const std::byte* block, Each& each) {
    const float d = half(block + 80), dmin = half(block + 82);
    const auto* s = reinterpret_cast<const uint8_t*>(block);
#pragma GCC unroll 8
    for (int j = 0; j < 8; ++j) {
      const int first = s[2 * j], second = s[2 * j + 1];
      each(j, part(load(block + 16 + 32 * (j / 4)), 2 * (j % 4), 3),
           Group{d * static_cast<float>(first & 15), d * static_cast<float>(second & 15),
                 dmin * static_cast<float>(first >> 4), dmin * static_cast<float>(second >> 4)});
    }
  }
};

template <>
struct Packed<FormatId::q2_K> {
  static constexpr int together = 4;
  static constexpr int left(int j) { return left_by(2 * j); }
  WEIGHIN_PART RowFloats d(Unit unit) { return unit.halves(0); }
  WEIGHIN_PART RowFloats dmin(Unit unit) { return unit.halves(2); }
  WEIGHIN_PART RowInts int_scale(Unit unit, int g, int h) {
    return int_part(unit.ints(4 + g / 2 * 4), 8 * (g % 2) + 16 * h, 15);
  }
  WEIGHIN_PART RowInts min_pair(Unit unit, int g) {
    return int_part(unit.ints(4 + g / 2 * 4), 8 * (g % 2) + 4, 0x000F000F);
  }
  WEIGHIN_PART void word(Unit unit, int b, int i, RowBytes (&q)[together]) {
    const RowBytes four = unit.word(20 + 4 * (8 * b + i));
#pragma GCC unroll 4
    for (int j = 0; j < together; ++j) q[j] = bits_of(four, 2 * j, 2);
  }
};
