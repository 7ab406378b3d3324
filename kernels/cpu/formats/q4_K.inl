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

/// d and dmin of each row, then byte g: 6 bits of scale, the low 2 of min; half of byte 8 + g / 2: the high 4
/// of min.
struct SixBitScales {
  static constexpr int scales_at = 4 * row_lanes;
  WEIGHIN_PART RowFloats d(const std::byte* unit) { return load_halves(unit); }
  WEIGHIN_PART RowFloats dmin(const std::byte* unit) { return load_halves(unit + 2 * row_lanes); }
  WEIGHIN_PART RowInts int_scale(const std::byte* unit, int g, int) {
    return int_and(load_row_u8(unit + scales_at + row_lanes * g), 63);
  }
  WEIGHIN_PART RowInts int_min(const std::byte* unit, int g, int) {
    const RowInts low = load_row_u8(unit + scales_at + row_lanes * g);
    const RowInts high = load_row_u8(unit + scales_at + row_lanes * (8 + g / 2));
    return int_or(int_right(low, 6), int_left(int_and(int_right(high, g % 2 * 4), 15), 2));
  }
};

template <>
struct Packed<FormatId::q4_K> : SixBitScales {
  WEIGHIN_PART void words(const std::byte* unit, int g, RowBytes (&q)[8]) {
    const std::byte* at = unit + 16 * row_lanes + 32 * row_lanes * (g / 2);
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) q[i] = part(load_row_bytes(at + 4 * row_lanes * i), g % 2 * 4, 15);
  }
};
