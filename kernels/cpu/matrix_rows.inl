// Rows of weights as floats, in the words of an isa_*.h.

template <class F>
static void decode_floats(const std::byte* row, float* values, uint32_t k) {
  uint32_t i = 0;
  for (; i + 2 * row_lanes <= k; i += 2 * row_lanes) {
    RowFloats first, second;
    F::two(row + uint64_t{i} * F::bytes, first, second);
    store_rows(values + i, first);
    store_rows(values + i + row_lanes, second);
  }
  for (; i < k; ++i) values[i] = F::one(row + uint64_t{i} * F::bytes);
}

template <class F>
struct DecodeGroup {
  float* values;
  [[gnu::always_inline]] inline void operator()(int j, Bytes u, Group g) {
    uint8_t bytes[32];
    store(bytes, u);
    float* to = values + 32 * j;
    for (int i = 0; i < 32; ++i) {
      const int q = (F::wide && F::offset == 0 ? static_cast<int8_t>(bytes[i]) : bytes[i]) - F::offset;
      to[i] = (i < 16 ? g.first : g.second) * static_cast<float>(q) - g.min;
    }
  }
};

template <class F>
static void decode_quantized(const std::byte* block, float* values, uint32_t k) {
  for (uint32_t at = 0; at < k; at += F::values, block += F::bytes) {
    DecodeGroup<F> each{values + at};
    F::groups(block, each);
  }
}
