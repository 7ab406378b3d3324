// iq4_xs (kernels/formats/iq4_xs.cc). Its table is that of iq4_nl.

template <>
struct Plain<FormatId::iq4_xs> {
  static constexpr BlockShape shape{.values = 256, .bytes = 136, .offset = wide_offset, .wide = true};
  WEIGHIN_WORD IntScales int_scales(const std::byte* block) {
    IntScales all{one_f16(block), 0, {}, {}};
    uint16_t high;
    __builtin_memcpy(&high, block + 2, 2);
    // The nibbles and pairs of groups 0 2 4 6, and of 1 3 5 7, in bytes.
    Bytes16 b;
    __builtin_memcpy(&b, block + 4, 16);
    const Bytes16 twice = __builtin_shufflevector(b, b, 0, 0, 1, 1, 2, 2, 3, 3, 0, 0, 1, 1, 2, 2, 3, 3);
    const Bytes16 nibbles = twice >> Bytes16{0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0, 4} & 15;
    const Bytes16 pairs = reinterpret_cast<Bytes16>(Words4{} + high);
    const Bytes16 fours =
        __builtin_shufflevector(pairs, pairs, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1);
    all.set_scales(nibbles | (fours >> Bytes16{0, 2, 4, 6, 0, 2, 4, 6, 0, 2, 4, 6, 0, 2, 4, 6} & 3) << 4, 32);
    all.set_offset(shape.offset);
    return all;
  }
  template <class Each>
  WEIGHIN_WORD void groups(const std::byte* block, Each& each) {
    const float d = one_f16(block);
    const auto* s = reinterpret_cast<const uint8_t*>(block + 2);  // high pairs, then low nibbles
    for (int j = 0; j < 8; ++j) {
      const int scale = (s[2 + j / 2] >> 4 * (j % 2) & 15) | (s[j / 4] >> 2 * (j % 4) & 3) << 4;
      const float step = d * static_cast<float>(scale - 32);
      each(j, look_up(iq4_table.v, load_nibbles(block + 8 + 16 * j)), Group{step, step});
    }
  }
};

template <>
struct Packed<FormatId::iq4_xs> {
  static constexpr int together = 2, pair_left = 10;
  static constexpr int left(int) { return 0; }
  WEIGHIN_WORD F32 d(Unit unit) { return unit.halves(0); }
  WEIGHIN_WORD I32 scale_pair(Unit unit, int p) {
    const I32 high = unit.u8(2) | unit.u8(3) << 16;
    return add_int_part(int_part(unit.ints(4), 4 * p - 10, 0x3C003C00), high, 2 * p - 14, 0xC000C000);
  }
  WEIGHIN_WORD void word(Unit unit, int b, int i, LaneBytes (&q)[together]) {
    const LaneBytes both = unit.word(8 + 4 * (8 * b + i));
    q[0] = look_up(iq4_table.v, part(both, 0, 15));
    q[1] = look_up(iq4_table.v, part(both, 4, 15));
  }
};
