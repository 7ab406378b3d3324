// q3_K (kernels/formats/q3_K.cc).

template <>
struct Plain<FormatId::q3_K> {
  static constexpr BlockShape shape{.values = 256, .bytes = 110, .offset = 4, .halves = 2};
  WEIGHIN_WORD IntScales int_scales(const std::byte* block) {
    IntScales all{one_f16(block + 108), 0, {}, {}};
    // 8 bytes of nibbles and 4 of pairs, from 2 bytes before them to the end of the block.
    Bytes16 b;
    __builtin_memcpy(&b, block + 94, 16);
    const auto low = reinterpret_cast<Words4>(
        __builtin_shufflevector(b, b, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5, 6, 7, 8, 9));
    const auto high = reinterpret_cast<Words4>(
        __builtin_shufflevector(b, b, 10, 11, 12, 13, 10, 11, 12, 13, 10, 11, 12, 13, 10, 11, 12, 13));
    const Words4 bytes = (low >> Words4{0, 0, 4, 4} & 0x0F0F0F0F) | (high >> Words4{0, 2, 4, 6} & 0x03030303)
                                                                        << 4;
    all.set_scales(reinterpret_cast<Bytes16>(bytes), 32);
    all.set_offset(shape.offset);
    return all;
  }
  template <class Each>
  WEIGHIN_WORD void groups(const std::byte* block, Each& each) {
    const float d = one_f16(block + 108);
    const auto* s = reinterpret_cast<const uint8_t*>(block + 96);
    const auto step = [&](int j) [[gnu::always_inline]] {
      const int scale = (s[j % 8] >> j / 8 * 4 & 15) | (s[8 + j % 4] >> j / 4 * 2 & 3) << 4;
      return d * static_cast<float>(scale - 32);
    };
    const GroupBytes high = load_group(block);
#pragma GCC unroll 8
    for (int j = 0; j < 8; ++j) {
      const GroupBytes pairs = load_group(block + 32 + 32 * (j / 4));
      each(j, add_part(part(pairs, 2 * (j % 4), 3), high, j - 2, 4), Group{step(2 * j), step(2 * j + 1)});
    }
  }
};

/// The bytes of three words hold one value of each of 8 groups: two of 3 bits in the low 6 bits of each byte,
/// and the other two in the 2 bits above them.
template <>
struct Packed<FormatId::q3_K> {
  static constexpr int together = 8, pair_left = 10;
  static constexpr int left(int j) { return left_by(j > 5 ? 5 : j % 2 * 3); }
  WEIGHIN_WORD F32 d(Unit unit) { return unit.halves(0); }
  WEIGHIN_WORD I32 scale_pair(Unit unit, int g) {
    const I32 three = unit.ints(2 + 4 * (g / 3)), last = unit.ints(10);
    if (g % 3 < 2) return int_part(three, -6 * (g % 3), 0xFC00FC00);
    return add_int_part(int_part(three, -10, 0x3C003C00), last, g == 2 ? -12 : -14, 0xC000C000);
  }
  WEIGHIN_WORD void word(Unit unit, int, int i, LaneBytes (&q)[together]) {
    LaneBytes w[3];
#pragma GCC unroll 3
    for (int j = 0; j < 3; ++j) {
      w[j] = unit.word(14 + 4 * (3 * i + j));
      q[2 * j] = bits_of(w[j], 0, 3);
      q[2 * j + 1] = bits_of(w[j], 3, 3);
    }
    q[6] = settled(add_part(part(w[0], 0, 0xC0), w[1], 1, 0x20), 5);
    q[7] = settled(add_part(part(w[2], 0, 0xC0), w[1], 2, 0x20), 5);
  }
};
