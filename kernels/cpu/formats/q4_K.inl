// q4_K (kernels/formats/q4_K.cc). Its scales are q5_K's too.

/// Group j's scale and min times d and dmin (kernels/formats/six_bit_scales.h).
WEIGHIN_WORD Group six_bit_group(const std::byte* block, int j) {
  const auto* s = reinterpret_cast<const uint8_t*>(block + 4);
  const int scale = j < 4 ? s[j] & 63 : (s[j + 4] & 15) | s[j - 4] >> 6 << 4;
  const int whole_min = j < 4 ? s[j + 4] & 63 : s[j + 4] >> 4 | s[j] >> 6 << 4;
  const float step = half(block) * static_cast<float>(scale);
  const float min = half(block + 2) * static_cast<float>(whole_min);
  return {step, step, min, min};
}

template <>
struct Plain<FormatId::q4_K> {
  static constexpr BlockShape shape{.values = 256, .bytes = 144, .mins = 1};
  template <class Each>
  WEIGHIN_PART void groups(const std::byte* block, Each& each) {
    for (int j = 0; j < 8; j += 2) {
      const Bytes both = load(block + 16 + 16 * j);
      each(j, part(both, 0, 15), six_bit_group(block, j));
      each(j + 1, part(both, 4, 15), six_bit_group(block, j + 1));
    }
  }
};

/// d and dmin, then for each two groups `pair_bytes` a row that begin with three of scales: of either group 6
/// bits of scale and the low 2 of min, then the high 4 of both mins.
template <int pair_bytes>
struct SixBitScales {
  WEIGHIN_PART RowFloats d(Unit unit) { return unit.halves(0); }
  WEIGHIN_PART RowFloats dmin(Unit unit) { return unit.halves(2); }
  WEIGHIN_PART RowInts int_scale(Unit unit, int g, int) {
    return int_and(unit.u8(4 + pair_bytes * (g / 2) + g % 2), 63);
  }
  WEIGHIN_PART RowInts int_min(Unit unit, int g, int) {
    const RowInts low = unit.u8(4 + pair_bytes * (g / 2) + g % 2);
    const RowInts high = unit.u8(4 + pair_bytes * (g / 2) + 2);
    return int_or(int_right(low, 6), int_left(int_and(int_right(high, g % 2 * 4), 15), 2));
  }
};

template <>
struct Packed<FormatId::q4_K> : SixBitScales<35> {
  WEIGHIN_PART void words(Unit unit, int g, RowBytes (&q)[8]) {
    const int at = 7 + 35 * (g / 2);
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) q[i] = part(unit.word(at + 4 * i), g % 2 * 4, 15);
  }
};
