// q4_K (kernels/formats/q4_K.cc). q5_K has the same scales.

/// The scale and min of group j, multiplied by d and dmin (kernels/formats/six_bit_scales.h).
WEIGHIN_WORD Group six_bit_group(const std::byte* block, int j) {
  const auto* s = reinterpret_cast<const uint8_t*>(block + 4);
  const int scale = j < 4 ? s[j] & 63 : (s[j + 4] & 15) | s[j - 4] >> 6 << 4;
  const int whole_min = j < 4 ? s[j + 4] & 63 : s[j + 4] >> 4 | s[j] >> 6 << 4;
  const float step = one_f16(block) * static_cast<float>(scale);
  const float min = one_f16(block + 2) * static_cast<float>(whole_min);
  return {step, step, min, min};
}

/// All scales and mins of a block. Those of groups 0 to 3 are the low 6 bits of a byte each.
WEIGHIN_WORD IntScales six_bit_scales(const std::byte* block) {
  IntScales all{one_f16(block), one_f16(block + 2), {}, {}};
  Words4 words;  // d and dmin, then the 12 bytes of scales and mins
  __builtin_memcpy(&words, block, 16);
  const Words4 low = __builtin_shufflevector(words, words, 1, 3, 2, 3);
  const Words4 high = __builtin_shufflevector(words, words, 1, 1, 2, 2);
  const Words4 bytes = (low >> Words4{0, 0, 0, 4} & Words4{0x3F3F3F3F, 0x0F0F0F0F, 0x3F3F3F3F, 0x0F0F0F0F}) |
                       (high >> 6 & Words4{0, 0x03030303, 0, 0x03030303}) << 4;
  all.set_scales(reinterpret_cast<Bytes16>(bytes));  // the mins follow the scales
  __builtin_memcpy(all.below, all.scale + 8, 16);
  return all;
}

template <>
struct Plain<FormatId::q4_K> {
  static constexpr BlockShape shape{.values = 256, .bytes = 144, .mins = 1};
  WEIGHIN_WORD IntScales int_scales(const std::byte* block) { return six_bit_scales(block); }
  template <class Each>
  WEIGHIN_WORD void groups(const std::byte* block, Each& each) {
    for (int j = 0; j < 8; j += 2) {
      const GroupBytes both = load_group(block + 16 + 16 * j);
      each(j, part(both, 0, 15), six_bit_group(block, j));
      each(j + 1, part(both, 4, 15), six_bit_group(block, j + 1));
    }
  }
};

/// In a packed unit: d, dmin and three integers (pack_scales_and_mins() in kernels/formats/six_bit_scales.h).
struct SixBitScales {
  static constexpr int words_at = 16;
  WEIGHIN_WORD F32 d(Unit unit) { return unit.halves(0); }
  WEIGHIN_WORD F32 dmin(Unit unit) { return unit.halves(2); }
  WEIGHIN_WORD I32 int_scale(Unit unit, int g, int) {
    return int_part(unit.ints(4 + g / 4 * 4), 8 * (g % 4), 63);
  }
  WEIGHIN_WORD I32 min_pair(Unit unit, int p) {
    const I32 a = unit.ints(4), b = unit.ints(8), c = unit.ints(12);
    if (p < 2) return int_part(c, 6 * p, 0x003F003F);
    if (p == 2) return add_int_part(int_part(c, 12, 0x000F000F), a, 2, 0x00300030);
    return add_int_part(add_int_part(int_part(a, 14, 0x00030003), b, 4, 0x000C000C), b, 10, 0x00300030);
  }
};

template <>
struct Packed<FormatId::q4_K> : SixBitScales {
  static constexpr int together = 2;
  static constexpr int left(int j) { return left_by(4 * j); }
  WEIGHIN_WORD void word(Unit unit, int b, int i, LaneBytes (&q)[together]) {
    const LaneBytes both = unit.word(words_at + 4 * (8 * b + i));
    q[0] = bits_of(both, 0, 4);
    q[1] = bits_of(both, 4, 4);
  }
};
