// gemm over weights of bf16 by tiles of two rows, two tokens and four values. Activations are rounded to
// bf16, and sums are f32. The lanes of a tile are [row][token], and two tiles make a vector of rows as
// add_to_y() takes it.

/// Adds the products of `tokens` tokens from t0 on and a panel [value / 4][row][4] to Y. Registers hold the
/// tiles. A step loads four values of each two rows and of each two tokens and multiplies each pair; gemm is
/// bound by these: 16 loads a step of 12 tiles.
template <int tokens>
static void multiply_quads(const MatrixWork& w, const std::byte* panel, uint32_t t0, uint32_t k0,
                           uint32_t count, uint64_t row, int rows) {
  constexpr int token_pairs = (tokens + 1) / 2, row_pairs = lanes / 2 * row_vectors;
  F32 tiles[token_pairs][row_pairs] = {};
  const uint16_t* x = w.bf16 + uint64_t{t0} * w.k + k0;
  const auto step = [&](uint32_t values) [[gnu::always_inline]] {
    LaneBytes weights[row_pairs];
    for (int r = 0; r < row_pairs; ++r) weights[r] = load_lane_bytes(panel + 16 * r);
    for (int p = 0; p < token_pairs; ++p) {
      const uint16_t* first = x + uint64_t{w.k} * (2 * p);
      const uint16_t* second =
          2 * p + 1 < tokens ? first + w.k : first;  // an odd token twice, the second unused
      const LaneBytes two = two_tokens(first, second, values);
      for (int r = 0; r < row_pairs; ++r) tiles[p][r] = add_tile(tiles[p][r], weights[r], two);
    }
    x += 4;
    panel += 16 * row_pairs;
  };
  for (uint32_t i = 0; i < count / 4; ++i) step(4);
  if (count % 4) step(count % 4);
  F32 sums[tokens][row_vectors];
  for (int t = 0; t < tokens; ++t) {
    for (int v = 0; v < row_vectors; ++v) {
      const F32 low = tiles[t / 2][2 * v], high = tiles[t / 2][2 * v + 1];
      sums[t][v] = t % 2 ? odd_lanes(low, high) : even_lanes(low, high);
    }
  }
  add_to_y<tokens>(w, sums, t0, k0 == 0, row, rows);
}

/// Puts `count` values from k0 on of plain rows into a panel [value / 4][row][4]. What is missing of the last
/// four is filled with zeros. Rows past the end repeat the last one, and their results are not stored.
static void quads_of_rows(const MatrixWork& w, uint64_t row, int rows, uint32_t k0, uint32_t count,
                          std::byte* panel) {
  for (int r = 0; r < rows_together; ++r) {
    const uint64_t from = row + static_cast<uint64_t>(r < rows ? r : rows - 1);
    const std::byte* at = w.weights + from * w.row_bytes + uint64_t{k0} * 2;
    for (uint32_t i = 0; i < count; i += 4) {
      uint64_t quad = 0;
      __builtin_memcpy(&quad, at + uint64_t{i} * 2, count - i < 4 ? (count - i) * 2 : 8);
      __builtin_memcpy(panel + (uint64_t{i} / 4 * rows_together + static_cast<uint64_t>(r)) * 8, &quad, 8);
    }
  }
}

/// Does the same with packed units, each of which is one value of every row.
static void quads_of_units(const MatrixWork& w, uint64_t row, int, uint32_t k0, uint32_t count,
                           std::byte* panel) {
  static constexpr std::byte zeros[2 * rows_together]{};
  const std::byte* unit = w.weights + row * w.row_bytes + uint64_t{k0} * rows_together * 2;
  for (uint32_t i = 0; i < count; i += 4, panel += 8 * rows_together) {
    const std::byte* values[4];
    for (uint32_t j = 0; j < 4; ++j, unit += 2 * rows_together) values[j] = i + j < count ? unit : zeros;
    store_quads(panel, values);
  }
}

template <auto panel_of>
static void gemm_of_bf16(const MatrixWork& w, uint64_t first, uint64_t last, Panel& panel) {
  auto* const quads = reinterpret_cast<std::byte*>(panel.floats);
  for (uint64_t row = first; row < last; row += rows_together) {
    const int rows = last - row < rows_together ? static_cast<int>(last - row) : rows_together;
    for (uint32_t k0 = 0; k0 < w.k; k0 += panel_values) {
      const uint32_t count = w.k - k0 < panel_values ? w.k - k0 : panel_values;
      panel_of(w, row, rows, k0, count, quads);
      uint32_t t = 0;
      for (; t + gemm_tokens <= w.n; t += gemm_tokens) {
        multiply_quads<gemm_tokens>(w, quads, t, k0, count, row, rows);
      }
      multiply_rest(t, w.n - t, [&]<int tokens>(uint32_t at) {
        multiply_quads<tokens>(w, quads, at, k0, count, row, rows);
      });
    }
  }
}

constexpr auto gemm_packed_bf16 = gemm_of_bf16<quads_of_units>, gemm_plain_bf16 = gemm_of_bf16<quads_of_rows>;
