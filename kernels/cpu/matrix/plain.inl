// gemv and gemm over quantized weights as their files have them, in the words of an isa/*.h. Every format is
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
    const int16_t* sums = w.sums + at / sum_group;
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

/// Group j of a block of whole scales; halves' or groups' (WholeScales).
template <FormatId format>
struct DotWholeGroup {
  static constexpr BlockShape shape = Plain<format>::shape;
  const int8_t* x;  // the block's
  const WholeScales& scales;
  IntLanes lanes;
  [[gnu::always_inline]] inline void operator()(int j, Bytes u, Group) {
    const Bytes xq = load(x + 32 * j);
    const int first = shape.halves * j, second = first + shape.halves - 1;
    lanes = add_times(lanes, shape.wide ? dot_wide(u, xq) : dot(u, xq), scales.scale[first],
                      scales.scale[second]);
  }
};

template <FormatId format>
constexpr bool has_whole_scales = requires {
  Plain<format>::whole_scales(nullptr);
};

/// One row's product: whole numbers, which are made floats once a block, in the limits that packed units have
/// (unit_of_int_scales).
template <FormatId format>
[[gnu::always_inline]] static inline float dot_of_whole_scales(const MatrixWork& w, const std::byte* block) {
  constexpr BlockShape shape = Plain<format>::shape;
  Lanes lanes = no_lanes();
  float rest = 0;
  for (uint32_t k = 0; k < w.k; k += shape.values, block += shape.bytes) {
    const WholeScales scales = Plain<format>::whole_scales(block);
    DotWholeGroup<format> each{w.quantized + k, scales, no_int_lanes()};
    Plain<format>::groups(block, each);
    const int16_t* sums = shape.halves == 2 ? w.sums + k / sum_group : w.group_sums + k / 32;
    int32_t below = 0;
    for (int i = 0; i < 8 * shape.halves; ++i) below += scales.below[i] * sums[i];
    const float dx = w.scales[k / activation_block];
    lanes = add_scaled(lanes, each.lanes, scales.d * dx);
    rest += scales.dmin * dx * static_cast<float>(below);
  }
  return total(lanes) - rest;
}

template <FormatId format>
static void gemv_plain(const MatrixWork& w, uint64_t first, uint64_t last) {
  constexpr BlockShape shape = Plain<format>::shape;
  for (uint64_t row = first; row < last; ++row) {
    const std::byte* block = w.weights + row * w.row_bytes;
    if constexpr (has_whole_scales<format>) {
      w.y[row] = dot_of_whole_scales<format>(w, block);
      continue;
    }
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
