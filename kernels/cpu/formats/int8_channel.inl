// int8_channel (kernels/formats/int8_channel.cc): the row's scale is multiplied in at the end, and this scale
// is 2^-7.

template <>
struct Plain<FormatId::int8_channel> {
  static constexpr BlockShape shape{.values = 32,
                                    .bytes = 32,
                                    .offset = wide_offset,
                                    .wide = true,
                                    .scaled_rows = true,
                                    .activations = Activations::int8_row};
  template <class Each>
  WEIGHIN_WORD void groups(const std::byte* block, Each& each) {
    each(0, widen(load_group(block)), Group{0x1p-7F, 0x1p-7F});
  }
};

template <>
struct Packed<FormatId::int8_channel> {
  static constexpr uint8_t flip = wide_offset;
  WEIGHIN_WORD void words(Unit unit, int, LaneBytes (&q)[8]) { load_words(unit, 0, q); }
  WEIGHIN_WORD F32 scale(Unit, int) { return all_f32(0x1p-7F); }
};
