// gemm over f32, f16 and bf16 by panels of rows as floats, in the words of an isa/*.h.

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

/// Adds the products of `tokens` tokens from `t0` on and a panel, [count][unit_rows], to Y. Registers hold
/// tokens x 2 sums; a step is two weights loaded, a token's value broadcast for each, and a product of each
/// pair. Bound by these.
template <int tokens>
static void multiply_floats(const MatrixWork& w, const float* panel, uint32_t t0, uint32_t k0, uint32_t count,
                            uint64_t row, int rows) {
  RowFloats sums[tokens][row_vectors];
  for (int t = 0; t < tokens; ++t) {
    for (int v = 0; v < row_vectors; ++v) sums[t][v] = all_floats(0);
  }
  const float* x = w.x + uint64_t{t0} * w.k + k0;
  for (uint32_t i = 0; i < count; ++i) {
    for (int v = 0; v < row_vectors; ++v) {
      const RowFloats weights = load_rows(panel + (i * row_vectors + v) * row_lanes);
      for (int t = 0; t < tokens; ++t) {
        sums[t][v] = add_product(sums[t][v], weights, all_floats(x[uint64_t{w.k} * t + i]));
      }
    }
  }
  add_to_y<tokens>(w, sums, t0, k0 == 0, row, rows);
}

/// `count` values from k0 on of plain rows, to a panel; rows past the end repeat the last one, their results
/// are not stored.
template <class F>
static const float* panel_of_rows(const MatrixWork& w, uint64_t row, int rows, uint32_t k0, uint32_t count,
                                  Panel& panel) {
  for (int r = 0; r < unit_rows; ++r) {
    const uint64_t from = row + static_cast<uint64_t>(r < rows ? r : rows - 1);
    const std::byte* at = w.weights + from * w.row_bytes + uint64_t{k0} * F::bytes;
    for (uint32_t i = 0; i < count; ++i) {
      panel.floats[i * unit_rows + r] = F::one(at + uint64_t{i} * F::bytes);
    }
  }
  return panel.floats;
}

/// Likewise of units: those of f32 are a panel as they lie.
template <class F>
static const float* panel_of_units(const MatrixWork& w, uint64_t row, int, uint32_t k0, uint32_t count,
                                   Panel& panel) {
  const std::byte* unit = w.weights + row * w.row_bytes + uint64_t{k0} * unit_rows * F::bytes;
  if constexpr (F::bytes == sizeof(float)) return reinterpret_cast<const float*>(unit);
  for (uint32_t i = 0; i < count * row_vectors; ++i, unit += row_lanes * F::bytes) {
    store_rows(panel.floats + i * row_lanes, F::some(unit));
  }
  return panel.floats;
}

using FloatPanel = const float* (*)(const MatrixWork&, uint64_t row, int rows, uint32_t k0, uint32_t count,
                                    Panel& panel);

template <FloatPanel panel_of>
static void gemm_by_float_panels(const MatrixWork& w, uint64_t first, uint64_t last, Panel& space) {
  for (uint64_t row = first; row < last; row += unit_rows) {
    const int rows = last - row < unit_rows ? static_cast<int>(last - row) : unit_rows;
    for (uint32_t k0 = 0; k0 < w.k; k0 += panel_values) {
      const uint32_t count = w.k - k0 < panel_values ? w.k - k0 : panel_values;
      const float* panel = panel_of(w, row, rows, k0, count, space);
      uint32_t t = 0;
      for (; t + tokens_together <= w.n; t += tokens_together) {
        multiply_floats<tokens_together>(w, panel, t, k0, count, row, rows);
      }
      for (; t + 2 <= w.n; t += 2) multiply_floats<2>(w, panel, t, k0, count, row, rows);
      for (; t < w.n; ++t) multiply_floats<1>(w, panel, t, k0, count, row, rows);
    }
  }
}

template <class F>
static void gemm_plain_floats(const MatrixWork& w, uint64_t first, uint64_t last, Panel& space) {
  gemm_by_float_panels<panel_of_rows<F>>(w, first, last, space);
}

template <class F>
static void gemm_packed_floats(const MatrixWork& w, uint64_t first, uint64_t last, Panel& space) {
  gemm_by_float_panels<panel_of_units<F>>(w, first, last, space);
}
