// gemv and gemm over f32, f16 and bf16, in the words of an isa_*.h.

template <FormatId format>
struct FloatFormat;
template <>
struct FloatFormat<FormatId::f32> {
  static constexpr int bytes = 4;
  [[gnu::always_inline]] static inline void two(const std::byte* at, RowFloats& first, RowFloats& second) {
    first = load_rows(reinterpret_cast<const float*>(at));
    second = load_rows(reinterpret_cast<const float*>(at) + row_lanes);
  }
  [[gnu::always_inline]] static inline float one(const std::byte* at) {
    float value;
    __builtin_memcpy(&value, at, 4);
    return value;
  }
};
template <>
struct FloatFormat<FormatId::f16> {
  static constexpr int bytes = 2;
  [[gnu::always_inline]] static inline void two(const std::byte* at, RowFloats& first, RowFloats& second) {
    two_of_halves(at, first, second);
  }
  [[gnu::always_inline]] static inline float one(const std::byte* at) { return half(at); }
};
template <>
struct FloatFormat<FormatId::bf16> {
  static constexpr int bytes = 2;
  [[gnu::always_inline]] static inline void two(const std::byte* at, RowFloats& first, RowFloats& second) {
    two_of_bf16(at, first, second);
  }
  [[gnu::always_inline]] static inline float one(const std::byte* at) {
    uint16_t bits;
    __builtin_memcpy(&bits, at, 2);
    const uint32_t wide = static_cast<uint32_t>(bits) << 16;
    float value;
    __builtin_memcpy(&value, &wide, 4);
    return value;
  }
};

/// y of `rows` rows, [rows][k] times x[k]: each x that is loaded serves all of them, because x, with the
/// weights streaming by, does not stay in the level-1 cache. They are as many streams, each read by whole
/// registers; the rows' sums do not wait for each other. Bound by reading the weights.
template <class F, int rows>
[[gnu::always_inline]] static inline void dot_rows(const MatrixWork& w, uint64_t row) {
  const std::byte* at = w.weights + row * w.row_bytes;
  RowFloats sums[rows];
  for (int r = 0; r < rows; ++r) sums[r] = all_floats(0);
  uint32_t i = 0;
  for (; i + 2 * row_lanes <= w.k; i += 2 * row_lanes) {
    const RowFloats x0 = load_rows(w.x + i), x1 = load_rows(w.x + i + row_lanes);
    for (int r = 0; r < rows; ++r) {
      RowFloats first, second;
      F::two(at + uint64_t(r) * w.row_bytes + uint64_t{i} * F::bytes, first, second);
      sums[r] = add_product(add_product(sums[r], first, x0), second, x1);
    }
  }
  for (int r = 0; r < rows; ++r) {
    float total = sum_of(sums[r]);
    const std::byte* weights = at + uint64_t(r) * w.row_bytes;
    for (uint32_t j = i; j < w.k; ++j) total += F::one(weights + uint64_t{j} * F::bytes) * w.x[j];
    w.y[row + uint64_t(r)] = total;
  }
}

constexpr int float_rows = 8;

template <class F>
static void gemv_floats(const MatrixWork& w, uint64_t first, uint64_t last) {
  uint64_t row = first;
  for (; row + float_rows <= last; row += float_rows) dot_rows<F, float_rows>(w, row);
  for (; row < last; ++row) dot_rows<F, 1>(w, row);
}

/// Adds (or, at the first panel of a row, sets) tokens' sums over a panel to Y.
template <int tokens>
[[gnu::always_inline]] static inline void add_to_y(const MatrixWork& w,
                                                   const RowFloats (&sums)[tokens][row_vectors], uint32_t t0,
                                                   bool set, uint64_t row, int rows) {
  for (int t = 0; t < tokens; ++t) {
    float* y = w.y + (t0 + uint64_t(t)) * w.m + row;
    for (int v = 0; v < row_vectors; ++v) {
      const int left = rows - v * row_lanes;
      if (left <= 0) break;
      RowFloats total = sums[t][v];
      if (!set) total = add_rows(total, load_some_rows(y + v * row_lanes, left));
      store_some_rows(y + v * row_lanes, total, static_cast<uint64_t>(left));
    }
  }
}

template <int tokens>
static void multiply_floats(const MatrixWork& w, const Panel& panel, uint32_t t0, uint32_t k0, uint32_t count,
                            uint64_t row, int rows) {
  RowFloats sums[tokens][row_vectors];
  for (int t = 0; t < tokens; ++t) {
    for (int v = 0; v < row_vectors; ++v) sums[t][v] = all_floats(0);
  }
  const float* x = w.x + uint64_t{t0} * w.k + k0;
  for (uint32_t i = 0; i < count; ++i) {
    for (int v = 0; v < row_vectors; ++v) {
      const RowFloats weights = load_rows(panel.floats + (i * row_vectors + v) * row_lanes);
      for (int t = 0; t < tokens; ++t) {
        sums[t][v] = add_product(sums[t][v], weights, all_floats(x[uint64_t{w.k} * t + i]));
      }
    }
  }
  add_to_y<tokens>(w, sums, t0, k0 == 0, row, rows);
}

template <class F>
static void gemm_floats(const MatrixWork& w, uint64_t first, uint64_t last, Panel& panel) {
  constexpr int rows_at_once = row_lanes * row_vectors;
  for (uint64_t row = first; row < last; row += rows_at_once) {
    const int rows = last - row < rows_at_once ? static_cast<int>(last - row) : rows_at_once;
    for (uint32_t k0 = 0; k0 < w.k; k0 += panel_values) {
      const uint32_t count = w.k - k0 < panel_values ? w.k - k0 : panel_values;
      for (int r = 0; r < rows_at_once; ++r) {
        const uint64_t from = row + static_cast<uint64_t>(r < rows ? r : rows - 1);
        const std::byte* at = w.weights + from * w.row_bytes + uint64_t{k0} * F::bytes;
        for (uint32_t i = 0; i < count; ++i) {
          panel.floats[i * rows_at_once + r] = F::one(at + uint64_t{i} * F::bytes);
        }
      }
      uint32_t t = 0;
      for (; t + tokens_together <= w.n; t += tokens_together) {
        multiply_floats<tokens_together>(w, panel, t, k0, count, row, rows);
      }
      for (; t < w.n; ++t) multiply_floats<1>(w, panel, t, k0, count, row, rows);
    }
  }
}
