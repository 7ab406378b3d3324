// mxfp4 (kernels/formats/mxfp4.cc): doubled values with 12 added, 0 to 24.

static constexpr Table e2m1_table = table_of(e2m1_doubled, 12);

template <>
struct Plain<FormatId::mxfp4> {
  static constexpr BlockShape shape{.values = 32, .bytes = 17, .offset = 12};
  /// 2^(e - 128), below 2^-126 too, as a product of two powers of half as much.
  WEIGHIN_PART float power(unsigned e) {
    const uint32_t bits[2] = {((e >> 1) + 63) << 23, (((e + 1) >> 1) + 63) << 23};
    float parts[2];
    __builtin_memcpy(parts, bits, sizeof parts);
    return parts[0] * parts[1];
  }
  template <class Each>
  WEIGHIN_PART void groups(const std::byte* block, Each& each) {
    const float d = power(static_cast<uint8_t>(block[0]));
    each(0, look_up(e2m1_table.v, load_nibbles(block + 1)), Group{d, d});
  }
};

template <>
struct Packed<FormatId::mxfp4> {
  WEIGHIN_PART void words(const std::byte* unit, int, RowBytes (&q)[8]) {
    load_nibble_words(unit + row_lanes, q);
    look_up_words(e2m1_table.v, q);
  }
  WEIGHIN_PART RowFloats scale(const std::byte* unit, int) {
    const RowInts e = load_row_u8(unit);
    const RowInts first = int_left(int_add(int_right(e, 1), all_ints(63)), 23);
    const RowInts second = int_left(int_add(int_right(int_add(e, all_ints(1)), 1), all_ints(63)), 23);
    return times(bits_as_floats(first), bits_as_floats(second));
  }
};
