// gemm over weights of f32, f16 and bf16: panels of rows are unpacked to f32, [value][rows_together], and
// multiplied with all tokens.

/// Adds the products of `tokens` tokens from t0 on and a panel of `count` values from k0 on to Y. Registers
/// hold tokens x row_vectors sums. A step loads row_vectors vectors of weights, broadcasts one value of each
/// token, and multiplies each pair; gemm is bound by these multiply-adds.
template <int tokens>
static void multiply_floats(const MatrixWork& w, const float* panel, uint32_t t0, uint32_t k0, uint32_t count,
                            uint64_t row, int rows) {
  F32 sums[tokens][row_vectors] = {};
  const float* x = w.x + uint64_t{t0} * w.k + k0;
  for (uint32_t i = 0; i < count; ++i) {
    for (int v = 0; v < row_vectors; ++v) {
      const F32 weights = load_f32(panel + (i * row_vectors + v) * lanes);
      for (int t = 0; t < tokens; ++t) {
        sums[t][v] = multiply_add(weights, all_f32(x[uint64_t{w.k} * t + i]), sums[t][v]);
      }
    }
  }
  add_to_y<tokens>(w, sums, t0, k0 == 0, row, rows);
}

/// Unpacks `count` values from k0 on of plain rows. Rows past the end repeat the last one, and their results
/// are not stored.
template <class Format>
static const float* panel_of_rows(const MatrixWork& w, uint64_t row, int rows, uint32_t k0, uint32_t count,
                                  Panel& panel) {
  for (int r = 0; r < rows_together; ++r) {
    const uint64_t from = row + static_cast<uint64_t>(r < rows ? r : rows - 1);
    const std::byte* at = w.weights + from * w.row_bytes + uint64_t{k0} * Format::bytes;
    for (uint32_t i = 0; i < count; ++i) {
      panel.floats[i * rows_together + r] = Format::one(at + uint64_t{i} * Format::bytes);
    }
  }
  return panel.floats;
}

/// Unpacks `count` values from k0 on of packed units. Units of f32 are a panel already, and are returned
/// where they lie.
template <class Format>
static const float* panel_of_units(const MatrixWork& w, uint64_t row, int, uint32_t k0, uint32_t count,
                                   Panel& panel) {
  const std::byte* unit = w.weights + row * w.row_bytes + uint64_t{k0} * rows_together * Format::bytes;
  if constexpr (Format::bytes == sizeof(float)) return reinterpret_cast<const float*>(unit);
  for (uint32_t i = 0; i < count * row_vectors; ++i, unit += lanes * Format::bytes) {
    store_f32(panel.floats + i * lanes, Format::vector(unit));
  }
  return panel.floats;
}

using FloatPanel = const float* (*)(const MatrixWork&, uint64_t row, int rows, uint32_t k0, uint32_t count,
                                    Panel& panel);

template <FloatPanel panel_of>
static void gemm_by_float_panels(const MatrixWork& w, uint64_t first, uint64_t last, Panel& space) {
  for (uint64_t row = first; row < last; row += rows_together) {
    const int rows = last - row < rows_together ? static_cast<int>(last - row) : rows_together;
    for (uint32_t k0 = 0; k0 < w.k; k0 += panel_values) {
      const uint32_t count = w.k - k0 < panel_values ? w.k - k0 : panel_values;
      const float* panel = panel_of(w, row, rows, k0, count, space);
      uint32_t t = 0;
      for (; t + gemm_tokens <= w.n; t += gemm_tokens) {
        multiply_floats<gemm_tokens>(w, panel, t, k0, count, row, rows);
      }
      multiply_rest(t, w.n - t, [&]<int tokens>(uint32_t at) {
        multiply_floats<tokens>(w, panel, at, k0, count, row, rows);
      });
    }
  }
}

template <class Format>
static void gemm_plain_floats(const MatrixWork& w, uint64_t first, uint64_t last, Panel& space) {
  gemm_by_float_panels<panel_of_rows<Format>>(w, first, last, space);
}

template <class Format>
static void gemm_packed_floats(const MatrixWork& w, uint64_t first, uint64_t last, Panel& space) {
  gemm_by_float_panels<panel_of_units<Format>>(w, first, last, space);
}
