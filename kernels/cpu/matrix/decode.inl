// Rows of weights as floats, in the words of an isa/*.h.

template <class F>
static void decode_floats(const std::byte* row, float* values, uint32_t k) {
  uint32_t i = 0;
  for (; i + row_lanes <= k; i += row_lanes) store_rows(values + i, F::some(row + uint64_t{i} * F::bytes));
  for (; i < k; ++i) values[i] = F::one(row + uint64_t{i} * F::bytes);
}

template <FormatId format>
struct DecodeGroup {
  static constexpr BlockShape shape = Plain<format>::shape;
  float* values;
  [[gnu::always_inline]] inline void operator()(int j, Bytes u, Group g) {
    uint8_t bytes[32];
    store(bytes, u);
    float* to = values + 32 * j;
    for (int i = 0; i < 32; ++i) {
      const bool is_signed = shape.wide && shape.offset == 0;
      const int q = (is_signed ? static_cast<int8_t>(bytes[i]) : bytes[i]) - shape.offset;
      const float scale = i < 16 ? g.first : g.second;
      to[i] = scale * static_cast<float>(q);
      if (shape.mins > 0) to[i] -= shape.mins == 1 || i < 16 ? g.first_min : g.second_min;
    }
  }
};

template <FormatId format>
static void decode_quantized(const std::byte* block, float* values, uint32_t k) {
  constexpr BlockShape shape = Plain<format>::shape;
  for (uint32_t at = 0; at < k; at += shape.values, block += shape.bytes) {
    DecodeGroup<format> each{values + at};
    Plain<format>::groups(block, each);
  }
}
