// q5_K (kernels/formats/q5_K.cc): q4_K with fifth bits.

template <>
struct Plain<FormatId::q5_K> {
  static constexpr BlockShape shape{.values = 256, .bytes = 176, .mins = 1};
  WEIGHIN_WORD IntScales int_scales(const std::byte* block) { return six_bit_scales(block); }
  template <class Each>
  WEIGHIN_WORD void groups(const std::byte* block, Each& each) {
    const GroupBytes high = load_group(block + 16);
#pragma GCC unroll 4
    for (int j = 0; j < 8; j += 2) {
      const GroupBytes both = load_group(block + 48 + 16 * j);
      each(j, add_part(part(both, 0, 15), high, j - 4, 16), six_bit_group(block, j));
      each(j + 1, add_part(part(both, 4, 15), high, j - 3, 16), six_bit_group(block, j + 1));
    }
  }
};

/// The bytes of five words hold one value of each of 8 groups: one in the low 5 bits of each byte, and the
/// other three in the 3 bits above them.
template <>
struct Packed<FormatId::q5_K> : SixBitScales {
  static constexpr int together = 8;
  static constexpr int left(int j) { return left_by(j < 5 ? 0 : 3); }
  WEIGHIN_WORD void word(Unit unit, int, int i, LaneBytes (&q)[together]) {
    LaneBytes w[5];
#pragma GCC unroll 5
    for (int j = 0; j < 5; ++j) {
      w[j] = unit.word(words_at + 4 * (5 * i + j));
      q[j] = part(w[j], 0, 31);
    }
    q[5] = settled(add_part(part(w[0], 0, 0xE0), w[1], 3, 0x18), 3);
    q[6] = settled(add_part(add_part(part(w[2], 0, 0xE0), w[1], 1, 0x10), w[3], 2, 8), 3);
    q[7] = settled(add_part(part(w[4], 0, 0xE0), w[3], 3, 0x18), 3);
  }
};
