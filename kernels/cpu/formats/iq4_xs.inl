// iq4_xs (kernels/formats/iq4_xs.cc). Its table is that of iq4_nl.

template <>
struct Plain<FormatId::iq4_xs> {
  static constexpr BlockShape shape{.values = 256, .bytes = 136, .offset = wide_offset, .wide = true};
  WEIGHIN_WORD IntScales int_scales(const std::byte* block) {
    IntScales all{one_f16(block), 0, {}, {}};
    uint32_t low;
    uint16_t high;
    __builtin_memcpy(&high, block + 2, 2);
    __builtin_memcpy(&low, block + 4, 4);
    for (int i = 0; i < 8; ++i) {
      all.scale[i] = static_cast<int32_t>((low >> 4 * i & 15) | (uint32_t{high} >> 2 * i & 3) << 4) - 32;
    }
    all.set_offset(shape.offset, 8);
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
