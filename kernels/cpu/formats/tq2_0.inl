// tq2_0 (kernels/formats/tq2_0.cc).

template <>
struct Plain<FormatId::tq2_0> {
  static constexpr BlockShape shape{.values = 256, .bytes = 66, .offset = 1};
  template <class Each>
  WEIGHIN_PART void groups(const std::byte* block, Each& each) {
    const float d = half(block + 64);
#pragma GCC unroll 8
    for (int j = 0; j < 8; ++j) {
      each(j, part(load(block + 32 * (j / 4)), 2 * (j % 4), 3), Group{d, d});
    }
  }
};

template <>
struct Packed<FormatId::tq2_0> {
  WEIGHIN_PART RowFloats d(const std::byte* unit) { return load_halves(unit); }
  WEIGHIN_PART RowInts int_scale(const std::byte*, int, int) { return all_ints(1); }
  WEIGHIN_PART void words(const std::byte* unit, int g, RowBytes (&q)[8]) {
    load_pair_words(unit + 2 * row_lanes + 8 * row_lanes * g, q);
  }
};
