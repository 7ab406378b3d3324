// q5_K (kernels/formats/q5_K.cc): q4_K with fifth bits.

template <>
struct Plain<FormatId::q5_K> {
  static constexpr BlockShape shape{.values = 256, .bytes = 176, .mins = 1};
  template <class Each>
  WEIGHIN_PART void groups(const std::byte* block, Each& each) {
    const Bytes high = load(block + 16);
#pragma GCC unroll 4
    for (int j = 0; j < 8; j += 2) {
      const Bytes both = load(block + 48 + 16 * j);
      each(j, add_part(part(both, 0, 15), high, j - 4, 16), six_bit_group(block, j));
      each(j + 1, add_part(part(both, 4, 15), high, j - 3, 16), six_bit_group(block, j + 1));
    }
  }
};

template <>
struct Packed<FormatId::q5_K> : SixBitScales {
  WEIGHIN_PART void words(const std::byte* unit, int g, RowBytes (&q)[8]) {
    const std::byte* at = unit + 48 * row_lanes + 32 * row_lanes * (g / 2);
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) q[i] = part(load_row_bytes(at + 4 * row_lanes * i), g % 2 * 4, 15);
    add_fifth_bits(load_row_bytes(unit + 16 * row_lanes + 4 * row_lanes * g), q);
  }
};
