// tq2_0 (kernels/formats/tq2_0.cc).

template <>
struct Plain<FormatId::tq2_0> {
  static constexpr BlockShape shape{.values = 256, .bytes = 66, .offset = 1};
  static constexpr bool constant_scales = true;
  WEIGHIN_WORD IntScales int_scales(const std::byte* block) {
    IntScales all{one_f16(block + 64), 0, {}, {}};
    all.set_scales(Bytes16{} + 1);
    all.set_offset(shape.offset);
    return all;
  }
  template <class Each>
  WEIGHIN_WORD void groups(const std::byte* block, Each& each) {
    const float d = one_f16(block + 64);
#pragma GCC unroll 8
    for (int j = 0; j < 8; ++j) {
      each(j, part(load_group(block + 32 * (j / 4)), 2 * (j % 4), 3), Group{d, d});
    }
  }
};

template <>
struct Packed<FormatId::tq2_0> {
  static constexpr int together = 4, pair_left = 0;
  static constexpr int left(int j) { return left_by(2 * j); }
  WEIGHIN_WORD F32 d(Unit unit) { return unit.halves(0); }
  WEIGHIN_WORD I32 int_scale(Unit, int, int) { return all_i32(1); }
  WEIGHIN_WORD I32 scale_pair(Unit, int) { return all_i32(0x00010001); }
  WEIGHIN_WORD void word(Unit unit, int b, int i, LaneBytes (&q)[together]) {
    const LaneBytes four = unit.word(2 + 4 * (8 * b + i));
#pragma GCC unroll 4
    for (int j = 0; j < together; ++j) q[j] = bits_of(four, 2 * j, 2);
  }
};
