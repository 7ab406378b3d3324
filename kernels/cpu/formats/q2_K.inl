// q2_K (kernels/formats/q2_K.cc).

template <>
struct Plain<FormatId::q2_K> {
  static constexpr BlockShape shape{.values = 256, .bytes = 84, .halves = 2, .mins = 2};
  WEIGHIN_WORD IntScales int_scales(const std::byte* block) {
    IntScales all{one_f16(block + 80), one_f16(block + 82), {}, {}};
    Bytes16 s;
    __builtin_memcpy(&s, block, 16);
    all.set_scales(s & 15);
    all.set_below(s >> 4);
    return all;
  }
  template <class Each>
  WEIGHIN_WORD void groups(const std::byte* block, Each& each) {
    const float d = one_f16(block + 80), dmin = one_f16(block + 82);
    const auto* s = reinterpret_cast<const uint8_t*>(block);
#pragma GCC unroll 8
    for (int j = 0; j < 8; ++j) {
      const int first = s[2 * j], second = s[2 * j + 1];
      each(j, part(load_group(block + 16 + 32 * (j / 4)), 2 * (j % 4), 3),
           Group{d * static_cast<float>(first & 15), d * static_cast<float>(second & 15),
                 dmin * static_cast<float>(first >> 4), dmin * static_cast<float>(second >> 4)});
    }
  }
};

template <>
struct Packed<FormatId::q2_K> {
  static constexpr int together = 4;
  static constexpr int left(int j) { return left_by(2 * j); }
  WEIGHIN_WORD F32 d(Unit unit) { return unit.halves(0); }
  WEIGHIN_WORD F32 dmin(Unit unit) { return unit.halves(2); }
  WEIGHIN_WORD I32 int_scale(Unit unit, int g, int h) {
    return int_part(unit.ints(4 + g / 2 * 4), 8 * (g % 2) + 16 * h, 15);
  }
  WEIGHIN_WORD I32 min_pair(Unit unit, int g) {
    return int_part(unit.ints(4 + g / 2 * 4), 8 * (g % 2) + 4, 0x000F000F);
  }
  WEIGHIN_WORD void word(Unit unit, int b, int i, LaneBytes (&q)[together]) {
    const LaneBytes four = unit.word(20 + 4 * (8 * b + i));
#pragma GCC unroll 4
    for (int j = 0; j < together; ++j) q[j] = bits_of(four, 2 * j, 2);
  }
};
