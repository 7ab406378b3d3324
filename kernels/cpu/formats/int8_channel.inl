// int8_channel (kernels/formats/int8_channel.cc): the row's scale comes last, here it is 2^-7.

template <>
struct Plain<FormatId::int8_channel> {
  static constexpr BlockShape shape{.values = 32,
                                    .bytes = 32,
                                    .offset = wide_offset,
                                    .wide = true,
                                    .scaled_rows = true,
                                    .activations = Activations::int8_row};
  template <class Each>
  WEIGHIN_PART void groups(const std::byte* block, Each& each) {
    each(0, widen(load(block)), Group{0x1p-7F, 0x1p-7F});
  }
};

template <>
struct Packed<FormatId::int8_channel> {
  static constexpr uint8_t flip = wide_offset;
  WEIGHIN_PART void words(const std::byte* unit, int, RowBytes (&q)[8]) { load_words(unit, q); }
  WEIGHIN_PART RowFloats scale(const std::byte*, int) { return all_floats(0x1p-7F); }
};
