// gemm over weights of bf16 by dot products of pairs of values. Activations are rounded to bf16, and sums are
// f32.

/// Adds one pair of values of a panel [row][2] times a pair of each token, whose activations lie `stride`
/// apart. `bytes` of each pair count: 2 where a row ends with half a pair.
template <int tokens, int bytes>
WEIGHIN_WORD void multiply_pair(F32 (&sums)[tokens][row_vectors], const std::byte* weights, const uint16_t* x,
                                uint64_t stride) {
  for (int t = 0; t < tokens; ++t) {
    uint32_t pair = 0;
    __builtin_memcpy(&pair, x + stride * static_cast<uint64_t>(t), bytes);
    for (int v = 0; v < row_vectors; ++v) {
      sums[t][v] = add_pair(sums[t][v], load_lane_bytes(weights + 4 * lanes * v), all_lane_bytes(&pair));
    }
  }
}

/// Adds the products of `tokens` tokens from t0 on and a panel of `count` values from k0 on to Y.
template <int tokens>
static void multiply_pairs(const MatrixWork& w, const std::byte* panel, uint32_t t0, uint32_t k0,
                           uint32_t count, uint64_t row, int rows) {
  F32 sums[tokens][row_vectors] = {};
  const uint16_t* x = w.bf16 + uint64_t{t0} * w.k + k0;
  for (uint32_t i = 0; i < count / 2; ++i, x += 2, panel += 4 * rows_together) {
    multiply_pair<tokens, 4>(sums, panel, x, w.k);
  }
  if (count % 2) multiply_pair<tokens, 2>(sums, panel, x, w.k);
  add_to_y<tokens>(w, sums, t0, k0 == 0, row, rows);
}

/// Puts `count` values from k0 on of plain rows into a panel [value / 2][row][2]. The half pair at an odd end
/// is filled with a zero. Rows past the end repeat the last one, and their results are not stored.
static void pairs_of_rows(const MatrixWork& w, uint64_t row, int rows, uint32_t k0, uint32_t count,
                          std::byte* panel) {
  for (int r = 0; r < rows_together; ++r) {
    const uint64_t from = row + static_cast<uint64_t>(r < rows ? r : rows - 1);
    const std::byte* at = w.weights + from * w.row_bytes + uint64_t{k0} * 2;
    for (uint32_t i = 0; i < (count + 1) / 2; ++i) {
      uint32_t pair = 0;
      if (2 * i + 1 < count) {
        __builtin_memcpy(&pair, at + uint64_t{i} * 4, 4);
      } else {
        __builtin_memcpy(&pair, at + uint64_t{i} * 4, 2);
      }
      __builtin_memcpy(panel + (uint64_t{i} * rows_together + static_cast<uint64_t>(r)) * 4, &pair, 4);
    }
  }
}

/// Does the same with packed units, each of which is one value of every row.
static void pairs_of_units(const MatrixWork& w, uint64_t row, int, uint32_t k0, uint32_t count,
                           std::byte* panel) {
  static constexpr std::byte zeros[2 * rows_together]{};
  const std::byte* unit = w.weights + row * w.row_bytes + uint64_t{k0} * rows_together * 2;
  for (uint32_t i = 0; i < count; i += 2, unit += 4 * rows_together, panel += 4 * rows_together) {
    store_pairs(panel, unit, i + 1 < count ? unit + 2 * rows_together : zeros);
  }
}

template <auto panel_of>
static void gemm_of_bf16(const MatrixWork& w, uint64_t first, uint64_t last, Panel& panel) {
  auto* const pairs = reinterpret_cast<std::byte*>(panel.floats);
  for (uint64_t row = first; row < last; row += rows_together) {
    const int rows = last - row < rows_together ? static_cast<int>(last - row) : rows_together;
    for (uint32_t k0 = 0; k0 < w.k; k0 += panel_values) {
      const uint32_t count = w.k - k0 < panel_values ? w.k - k0 : panel_values;
      panel_of(w, row, rows, k0, count, pairs);
      uint32_t t = 0;
      for (; t + gemm_tokens <= w.n; t += gemm_tokens) {
        multiply_pairs<gemm_tokens>(w, pairs, t, k0, count, row, rows);
      }
      multiply_rest(t, w.n - t, [&]<int tokens>(uint32_t at) {
        multiply_pairs<tokens>(w, pairs, at, k0, count, row, rows);
      });
    }
  }
}

constexpr auto gemm_packed_bf16 = gemm_of_bf16<pairs_of_units>, gemm_plain_bf16 = gemm_of_bf16<pairs_of_rows>;
