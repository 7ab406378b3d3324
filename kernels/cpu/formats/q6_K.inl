// q6_K (kernels/formats/q6_K.cc).

template <>
struct Plain<FormatId::q6_K> {
  static constexpr BlockShape shape{.values = 256, .bytes = 210, .offset = 32, .halves = 2};
  WEIGHIN_WORD IntScales int_scales(const std::byte* block) {
    IntScales all{one_f16(block + 208), 0, {}, {}};
    SignedBytes16 s;
    __builtin_memcpy(&s, block + 192, 16);
    all.set_scales(s);
    all.set_offset(shape.offset);
    return all;
  }
  template <class Each>
  WEIGHIN_WORD void groups(const std::byte* block, Each& each) {
    const float d = one_f16(block + 208);
    const auto* s = reinterpret_cast<const int8_t*>(block + 192);
    const auto group = [&](int j) [[gnu::always_inline]] {
      return Group{d * static_cast<float>(s[2 * j]), d * static_cast<float>(s[2 * j + 1])};
    };
    for (int h = 0; h < 2; ++h) {
      const GroupBytes a = load_group(block + 64 * h), b = load_group(block + 64 * h + 32),
                       pairs = load_group(block + 128 + 32 * h);
      each(4 * h, add_part(part(a, 0, 15), pairs, -4, 48), group(4 * h));
      each(4 * h + 1, add_part(part(b, 0, 15), pairs, -2, 48), group(4 * h + 1));
      each(4 * h + 2, add_part(part(a, 4, 15), pairs, 0, 48), group(4 * h + 2));
      each(4 * h + 3, add_part(part(b, 4, 15), pairs, 2, 48), group(4 * h + 3));
    }
  }
};

/// The bytes of three words hold one value of each of four groups: one in the low 6 bits of each byte, and
/// the fourth in the 2 bits above them, its highest bits in the first word.
template <>
struct Packed<FormatId::q6_K> {
  static constexpr int together = 4, pair_left = 8;
  static constexpr int left(int j) { return left_by(j == 3 ? 2 : 0); }
  WEIGHIN_WORD F32 d(Unit unit) { return unit.halves(0); }
  WEIGHIN_WORD I32 scale_pair(Unit unit, int g) {
    return int_part(unit.ints(2 + g / 2 * 4), g % 2 ? -8 : 0, 0xFF00FF00);
  }
  WEIGHIN_WORD void word(Unit unit, int b, int i, LaneBytes (&q)[together]) {
    LaneBytes w[3];
#pragma GCC unroll 3
    for (int j = 0; j < 3; ++j) {
      w[j] = unit.word(18 + 4 * (3 * (8 * b + i) + j));
      q[j] = part(w[j], 0, 63);
    }
    q[3] = settled(add_part(add_part(part(w[0], 0, 0xC0), w[1], 2, 0x30), w[2], 4, 0x0C), 2);
  }
};
