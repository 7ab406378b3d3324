// gemv and gemm over quantized weights as their files have them, in the words of an isa_*.h. Every format is
// read as groups of 32 unsigned bytes u, with for each half of 16 a scale s and an offset o: w = s * (u - o),
// or a min instead of the offset. Then w . x = s * dx * (u . xq - o * sum(xq)), all in int32 but the scales.

template <FormatId format>
struct DotGroup {
  static constexpr BlockShape shape = Plain<format>::shape;
  const MatrixWork& w;
  uint32_t k;  // of the present block's first value
  Lanes lanes;
  float rest;
  [[gnu::always_inline]] inline void operator()(int j, Bytes u, Group g) {
    const uint32_t at = k + 32 * static_cast<uint32_t>(j);
    const Bytes xq = load(w.quantized + at);
    const int32_t* sums = w.sums + at / sum_group;
    const float d = w.scales[at / rounding_span(shape.activations, w.k)];
    const float first = g.first * d, second = g.second * d;
    lanes = add_scaled(lanes, shape.wide ? dot_wide(u, xq) : dot(u, xq), first, second);
    if constexpr (shape.mins == 1) {
      rest += g.first_min * d * w.min_factors[at / 32];
    } else if constexpr (shape.mins == 2) {
      rest -= d * (g.first_min * static_cast<float>(sums[0]) + g.second_min * static_cast<float>(sums[1]));
    } else if constexpr (shape.offset != 0) {
      rest -= first * static_cast<float>(shape.offset * sums[0]) +
              second * static_cast<float>(shape.offset * sums[1]);
    }
  }
};

template <FormatId format>
static void gemv_plain(const MatrixWork& w, uint64_t first, uint64_t last) {
  constexpr BlockShape shape = Plain<format>::shape;
  for (uint64_t row = first; row < last; ++row) {
    const std::byte* block = w.weights + row * w.row_bytes;
    DotGroup<format> each{w, 0, no_lanes(), 0};
    for (; each.k < w.k; each.k += shape.values, block += shape.bytes) Plain<format>::groups(block, each);
    const float y = total(each.lanes) + each.rest;
    w.y[row] = shape.scaled_rows ? y * w.row_scales[row] : y;
  }
}

/// Group j of a block into a panel's row.
template <FormatId format>
struct UnpackGroup {
  static constexpr BlockShape shape = Plain<format>::shape;
  Panel* panel;
  int row, group;
  float row_scale;
  [[gnu::always_inline]] inline void operator()(int j, Bytes u, Group g) {
    uint32_t words[8];
    store(words, u);
    const int at = group + j;
    for (int i = 0; i < 8; ++i) {
      __builtin_memcpy(panel->bytes + ((at * 8 + i) * rows_together + row) * 4, &words[i], 4);
    }
    float* scales = panel->scales + at * shape.halves * rows_together + row;
    scales[0] = g.first * row_scale;
    if (shape.halves == 2) scales[rows_together] = g.second * row_scale;
    if (shape.mins == 0) return;
    float* mins = panel->mins + at * shape.mins * rows_together + row;
    mins[0] = g.first_min;
    if (shape.mins == 2) mins[rows_together] = g.second_min;
  }
};

/// `count` values from k0 on of `rows` rows, to a panel of rows_together.
template <FormatId format>
static void unpack_rows(const MatrixWork& w, uint64_t row, int rows, uint32_t k0, uint32_t count,
                        Panel& panel) {
  constexpr BlockShape shape = Plain<format>::shape;
  for (int r = 0; r < rows_together; ++r) {
    // Rows past the end repeat the last one; their results are not stored.
    const uint64_t from = row + static_cast<uint64_t>(r < rows ? r : rows - 1);
    const std::byte* block = w.weights + from * w.row_bytes + uint64_t{k0} / shape.values * shape.bytes;
    UnpackGroup<format> each{&panel, r, 0, shape.scaled_rows ? w.row_scales[from] : 1};
    for (uint32_t k = 0; k < count; k += shape.values, block += shape.bytes) {
      Plain<format>::groups(block, each);
      each.group += shape.values / 32;
    }
  }
}

template <FormatId format>
static void gemm_plain(const MatrixWork& w, uint64_t first, uint64_t last, Panel& panel) {
  gemm_by_panels<format, unpack_rows<format>>(w, first, last, panel);
}
