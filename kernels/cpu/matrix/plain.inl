// gemv and gemm over quantized weights in the order of their files, and rows of them as f32. Every format is
// read as groups of 32 unsigned bytes u. Each half of 16 values has a scale s and an offset o, w = s * (u -
// o), or a min instead of the offset. With activations x = dx * xq, w . x = s * dx * (u . xq - o * sum(xq)),
// in int32 but for the scales.

/// Adds the products of one group to a row's sums; Plain<format>::groups() calls it for each group of a
/// block.
template <FormatId format>
struct DotGroup {
  static constexpr BlockShape shape = Plain<format>::shape;
  const MatrixWork& w;
  uint32_t k;  // the index of the block's first value
  FloatSums sums;
  float rest;  // what offsets and mins contribute
  WEIGHIN_INLINE void operator()(int j, GroupBytes u, Group g) {
    const uint32_t at = k + 32 * static_cast<uint32_t>(j);
    const GroupBytes xq = load_group(w.quantized + at);
    const int16_t* x_sums = w.sums + at / sum_group;
    const float d = w.scales[at / rounding_span(shape.activations, w.k)];
    const float first = g.first * d, second = g.second * d;
    sums = add_scaled(sums, shape.wide ? dot_wide(u, xq) : dot(u, xq), first, second);
    if constexpr (shape.mins == 1) {
      rest += g.first_min * d * w.min_factors[at / 32];
    } else if constexpr (shape.mins == 2) {
      rest -=
          d * (g.first_min * static_cast<float>(x_sums[0]) + g.second_min * static_cast<float>(x_sums[1]));
    } else if constexpr (shape.offset != 0 && shape.halves == 1) {
      rest += first * static_cast<float>(shape.offset) * w.min_factors[at / 32];
    } else if constexpr (shape.offset != 0) {
      rest -= first * static_cast<float>(shape.offset * x_sums[0]) +
              second * static_cast<float>(shape.offset * x_sums[1]);
    }
  }
};

/// Adds the products of one group of a block whose scales are integers (IntScales) to the block's sums.
template <FormatId format>
struct DotIntGroup {
  static constexpr BlockShape shape = Plain<format>::shape;
  const int8_t* x;  // the block's activations
  const IntScales& scales;
  IntSums sums;
  WEIGHIN_INLINE void operator()(int j, GroupBytes u, Group) {
    const GroupBytes xq = load_group(x + 32 * j);
    const int first = shape.halves * j, second = first + shape.halves - 1;
    if constexpr (shape.wide) {
      sums = add_times(sums, dot_wide(u, xq), scales.scale[first], scales.scale[second]);
    } else {
      sums = add_dot_times(sums, u, xq, scales.scale[first], scales.scale[second]);
    }
  }
};

template <FormatId format>
constexpr bool has_int_scales = requires {
  Plain<format>::int_scales(nullptr);
};

/// One row's product where scales are integers. Sums are integers too, within the limits of
/// unit_of_int_scales(), and become floats once a block. Where `asks`, each block asks for one that is read
/// later, as w.ahead says.
template <FormatId format, bool asks>
WEIGHIN_WORD float dot_of_int_scales(const MatrixWork& w, const std::byte* block) {
  constexpr BlockShape shape = Plain<format>::shape;
  FloatSums row_sums{};
  for (uint32_t k = 0; k < w.k; k += shape.values, block += shape.bytes) {
    if constexpr (asks) ask_for<shape.bytes>(block, w.ahead);
    IntScales scales = Plain<format>::int_scales(block);
    if constexpr (!requires { Plain<format>::constant_scales; }) scales.settle();
    DotIntGroup<format> each{w.quantized + k, scales, IntSums{}};
    Plain<format>::groups(block, each);
    const int16_t* x_sums = shape.halves == 2 ? w.sums + k / sum_group : w.group_sums + k / 32;
    const float dx = w.scales[k / activation_block];
    row_sums = add_scaled(row_sums, each.sums, scales.d * dx);
    row_sums = add_scaled(row_sums, products_of<8 * shape.halves>(scales.below, x_sums), -scales.dmin * dx);
  }
  return sum(row_sums);
}

/// One row's product where scales are floats. Where `asks`, as many blocks as lie in a cache line ask
/// together.
template <FormatId format, bool asks>
WEIGHIN_WORD float dot_of_float_scales(const MatrixWork& w, const std::byte* block) {
  constexpr BlockShape shape = Plain<format>::shape;
  constexpr uint32_t together = shape.bytes < 64 ? 64 / shape.bytes : 1;
  DotGroup<format> each{w, 0, FloatSums{}, 0};
  if constexpr (asks) {
    for (; each.k + together * shape.values <= w.k;) {
      ask_for<shape.bytes * together>(block, w.ahead);
#pragma GCC unroll 4
      for (uint32_t i = 0; i < together; ++i, each.k += shape.values, block += shape.bytes)
        Plain<format>::groups(block, each);
    }
  }
  for (; each.k < w.k; each.k += shape.values, block += shape.bytes) Plain<format>::groups(block, each);
  return sum(each.sums) + each.rest;
}

template <FormatId format, bool asks>
static void gemv_plain_rows(const MatrixWork& w, uint64_t first, uint64_t last) {
  constexpr BlockShape shape = Plain<format>::shape;
  for (uint64_t row = first; row < last; ++row) {
    const std::byte* block = w.weights + row * w.row_bytes;
    if constexpr (has_int_scales<format>) {
      w.y[row] = dot_of_int_scales<format, asks>(w, block);
      continue;
    }
    const float y = dot_of_float_scales<format, asks>(w, block);
    w.y[row] = shape.scaled_rows ? y * w.row_scales[row] : y;
  }
}

template <FormatId format>
static void gemv_plain(const MatrixWork& w, uint64_t first, uint64_t last) {
  if (w.ahead.bytes == 0) return gemv_plain_rows<format, false>(w, first, last);
  gemv_plain_rows<format, true>(w, first, last);
}

/// Writes one group of a block into a row of a panel.
template <FormatId format>
struct UnpackGroup {
  static constexpr BlockShape shape = Plain<format>::shape;
  Panel* panel;
  int row, group;
  float row_scale;
  WEIGHIN_INLINE void operator()(int j, GroupBytes u, Group g) {
    uint32_t words[8];
    store_group(words, u);
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

/// Unpacks `count` values from k0 on of `rows` rows to a panel of rows_together rows.
template <FormatId format>
static void unpack_rows(const MatrixWork& w, uint64_t row, int rows, uint32_t k0, uint32_t count,
                        Panel& panel) {
  constexpr BlockShape shape = Plain<format>::shape;
  for (int r = 0; r < rows_together; ++r) {
    // Rows past the end repeat the last one, and their results are not stored.
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

/// Writes one group of a block as f32.
template <FormatId format>
struct DecodeGroup {
  static constexpr BlockShape shape = Plain<format>::shape;
  float* values;
  WEIGHIN_INLINE void operator()(int j, GroupBytes u, Group g) {
    uint8_t bytes[32];
    store_group(bytes, u);
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

/// One plain row of k values as f32.
template <FormatId format>
static void decode_quantized(const std::byte* block, float* values, uint32_t k) {
  constexpr BlockShape shape = Plain<format>::shape;
  for (uint32_t at = 0; at < k; at += shape.values, block += shape.bytes) {
    DecodeGroup<format> each{values + at};
    Plain<format>::groups(block, each);
  }
}
