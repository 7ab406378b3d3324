// mxfp4 (kernels/formats/mxfp4.cc). The table holds the doubled values with 12 added, 0 to 24.

static constexpr Table e2m1_table = table_of(e2m1_doubled, 12);

/// 2^(e - 128) of each e, also below 2^-126.
struct Powers {
  float v[256];
};
static constexpr Powers e8m0_halves = [] {
  Powers powers{};
  float power = 0x1p-128F;
  for (float& v : powers.v) {
    v = power;
    if (power < 0x1p127F) power *= 2;
  }
  return powers;
}();

template <>
struct Plain<FormatId::mxfp4> {
  static constexpr BlockShape shape{.values = 32, .bytes = 17, .offset = 12};
  WEIGHIN_WORD float power(unsigned e) { return e8m0_halves.v[e]; }
  template <class Each>
  WEIGHIN_WORD void groups(const std::byte* block, Each& each) {
    const float d = power(static_cast<uint8_t>(block[0]));
    each(0, look_up(e2m1_table.v, load_nibbles(block + 1)), Group{d, d});
  }
};

template <>
struct Packed<FormatId::mxfp4> {
  WEIGHIN_WORD void words(Unit unit, int, LaneBytes (&q)[8]) {
    load_nibble_words(unit, 1, q);
    look_up_words(e2m1_table.v, q);
  }
  WEIGHIN_WORD F32 scale(Unit unit, int) {
    const I32 e = unit.u8(0);
    const I32 first = (shift_right(e, 1) + 63) << 23, second = (shift_right(e + 1, 1) + 63) << 23;
    return as_f32(first) * as_f32(second);
  }
};
