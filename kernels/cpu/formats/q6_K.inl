// q6_K (kernels/formats/q6_K.cc).

template <>
struct Plain<FormatId::q6_K> {
  static constexpr BlockShape shape{.values = 256, .bytes = 210, .offset = 32, .halves = 2};
  template <class Each>
  WEIGHIN_PART void groups(const std::byte* block, Each& each) {
    const float d = half(block + 208);
    const auto* s = reinterpret_cast<const int8_t*>(block + 192);
    const auto group = [&](int j) [[gnu::always_inline]] {
      return Group{d * static_cast<float>(s[2 * j]), d * static_cast<float>(s[2 * j + 1])};
    };
    for (int h = 0; h < 2; ++h) {
      const Bytes a = load(block + 64 * h), b = load(block + 64 * h + 32), pairs = load(block + 128 + 32 * h);
      each(4 * h, add_part(part(a, 0, 15), pairs, -4, 48), group(4 * h));
      each(4 * h + 1, add_part(part(b, 0, 15), pairs, -2, 48), group(4 * h + 1));
      each(4 * h + 2, add_part(part(a, 4, 15), pairs, 0, 48), group(4 * h + 2));
      each(4 * h + 3, add_part(part(b, 4, 15), pairs, 2, 48), group(4 * h + 3));
    }
  }
};

template <>
struct Packed<FormatId::q6_K> {
  static constexpr int scales_at = 2 * row_lanes, words_at = 18 * row_lanes;
  WEIGHIN_PART RowFloats d(const std::byte* unit) { return load_halves(unit); }
  WEIGHIN_PART RowInts int_scale(const std::byte* unit, int g, int h) {
    return load_row_i8(unit + scales_at + row_lanes * (2 * g + h));
  }
  /// The low 6 bits of each byte; a fourth 6 from the top 2 of three, the first's lowest.
  WEIGHIN_PART void words(const std::byte* unit, int g, RowBytes (&q)[8]) {
    const std::byte* at = unit + words_at + 24 * row_lanes * g;
    for (int i = 0; i < 8; i += 4, at += 12 * row_lanes) {
      const RowBytes a = load_row_bytes(at), b = load_row_bytes(at + 4 * row_lanes);
      const RowBytes c = load_row_bytes(at + 8 * row_lanes);
      q[i] = part(a, 0, 63);
      q[i + 1] = part(b, 0, 63);
      q[i + 2] = part(c, 0, 63);
      q[i + 3] = add_part(add_part(part(a, 6, 3), b, 4, 12), c, 2, 48);
    }
  }
};
