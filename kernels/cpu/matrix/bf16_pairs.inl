// gemm over bf16 in pairs of values, activations rounded to bf16, sums in f32; in the words of an isa/*.h.

/// One pair of values of a panel for `tokens` tokens whose activations lie `stride` apart; `bytes` of each
/// pair count: 2 where a row ends with half a pair.
template <int tokens, int bytes>
[[gnu::always_inline]] static inline void multiply_pair(RowFloats (&sums)[tokens][row_vectors],
                                                        const std::byte* weights, const uint16_t* x,
                                                        uint64_t stride) {
  for (int t = 0; t < tokens; ++t) {
    uint32_t pair = 0;
    __builtin_memcpy(&pair, x + stride * static_cast<uint64_t>(t), bytes);
    for (int v = 0; v < row_vectors; ++v) {
      sums[t][v] = add_pair(sums[t][v], weights + 4 * row_lanes * v, pair);
    }
  }
}

template <int tokens>
static void multiply_pairs(const MatrixWork& w, const std::byte* panel, uint32_t t0, uint32_t k0,
                           uint32_t count, uint64_t row, int rows) {
  RowFloats sums[tokens][row_vectors];
  for (int t = 0; t < tokens; ++t) {
    for (int v = 0; v < row_vectors; ++v) sums[t][v] = all_floats(0);
  }
  const uint16_t* x = w.bf16 + uint64_t{t0} * w.k + k0;
  for (uint32_t i = 0; i < count / 2; ++i, x += 2, panel += 4 * row_lanes * row_vectors) {
    multiply_pair<tokens, 4>(sums, panel, x, w.k);
  }
  if (count % 2) multiply_pair<tokens, 2>(sums, panel, x, w.k);
  add_to_y<tokens>(w, sums, t0, k0 == 0, row, rows);
}

/// `count` values from k0 on of plain rows, to a panel [value / 2][row][2]; the half pair at an odd end is
/// filled with a zero. Rows past the end repeat the last one, their results are not stored.
static void pairs_of_rows(const MatrixWork& w, uint64_t row, int rows, uint32_t k0, uint32_t count,
                          std::byte* panel) {
  for (int r = 0; r < unit_rows; ++r) {
    const uint64_t from = row + static_cast<uint64_t>(r < rows ? r : rows - 1);
    const std::byte* at = w.weights + from * w.row_bytes + uint64_t{k0} * 2;
    for (uint32_t i = 0; i < (count + 1) / 2; ++i) {
      uint32_t pair = 0;
      if (2 * i + 1 < count) {
        __builtin_memcpy(&pair, at + uint64_t{i} * 4, 4);
      } else {
        __builtin_memcpy(&pair, at + uint64_t{i} * 4, 2);
      }
      __builtin_memcpy(panel + (uint64_t{i} * unit_rows + static_cast<uint64_t>(r)) * 4, &pair, 4);
    }
  }
}

/// Likewise of units, of a value of each row.
static void pairs_of_units(const MatrixWork& w, uint64_t row, int, uint32_t k0, uint32_t count,
                           std::byte* panel) {
  static constexpr std::byte zeros[2 * unit_rows]{};
  const std::byte* unit = w.weights + row * w.row_bytes + uint64_t{k0} * unit_rows * 2;
  for (uint32_t i = 0; i < count; i += 2, unit += 4 * unit_rows, panel += 4 * unit_rows) {
    store_pairs(panel, unit, i + 1 < count ? unit + 2 * unit_rows : zeros);
  }
}

template <auto panel_of>
static void gemm_pairs(const MatrixWork& w, uint64_t first, uint64_t last, Panel& panel) {
  auto* const pairs = reinterpret_cast<std::byte*>(panel.floats);
  for (uint64_t row = first; row < last; row += unit_rows) {
    const int rows = last - row < unit_rows ? static_cast<int>(last - row) : unit_rows;
    for (uint32_t k0 = 0; k0 < w.k; k0 += panel_values) {
      const uint32_t count = w.k - k0 < panel_values ? w.k - k0 : panel_values;
      panel_of(w, row, rows, k0, count, pairs);
      uint32_t t = 0;
      for (; t + tokens_together <= w.n; t += tokens_together) {
        multiply_pairs<tokens_together>(w, pairs, t, k0, count, row, rows);
      }
      for (; t + 2 <= w.n; t += 2) multiply_pairs<2>(w, pairs, t, k0, count, row, rows);
      for (; t < w.n; ++t) multiply_pairs<1>(w, pairs, t, k0, count, row, rows);
    }
  }
}
