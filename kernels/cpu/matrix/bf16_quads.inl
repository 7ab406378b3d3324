// gemm over bf16 by tiles of two rows, two tokens and four values, activations rounded to bf16, sums in f32;
// in the words of an isa/*.h. Lanes of a tile are [row][token]; two tiles make the rows of add_to_y().

/// Products of a panel [value / 4][row][4] with `tokens` tokens; registers hold their tiles, and a step is a
/// load of each two rows and of each two tokens, and a product of each pair. Bound by these: 16 a step of 12
/// tiles.
template <int tokens>
static void multiply_quads(const MatrixWork& w, const std::byte* panel, uint32_t t0, uint32_t k0,
                           uint32_t count, uint64_t row, int rows) {
  constexpr int token_pairs = (tokens + 1) / 2, row_pairs = row_lanes / 2 * row_vectors;
  RowFloats tiles[token_pairs][row_pairs];
  for (auto& of_pair : tiles) {
    for (RowFloats& tile : of_pair) tile = all_floats(0);
  }
  const uint16_t* x = w.bf16 + uint64_t{t0} * w.k + k0;
  const auto step = [&](uint32_t values) [[gnu::always_inline]] {
    Quads weights[row_pairs];
    for (int r = 0; r < row_pairs; ++r) weights[r] = load_quads(panel + 16 * r);
    for (int p = 0; p < token_pairs; ++p) {
      const uint16_t* first = x + uint64_t{w.k} * (2 * p);
      const uint16_t* second = 2 * p + 1 < tokens ? first + w.k : first;  // of an odd token itself, unused
      const Quads two = load_quads(first, second, values);
      for (int r = 0; r < row_pairs; ++r) tiles[p][r] = add_tile(tiles[p][r], weights[r], two);
    }
    x += 4;
    panel += 16 * row_pairs;
  };
  for (uint32_t i = 0; i < count / 4; ++i) step(4);
  if (count % 4) step(count % 4);
  RowFloats sums[tokens][row_vectors];
  for (int t = 0; t < tokens; ++t) {
    for (int v = 0; v < row_vectors; ++v) {
      const RowFloats low = tiles[t / 2][2 * v], high = tiles[t / 2][2 * v + 1];
      sums[t][v] = t % 2 ? second_token(low, high) : first_token(low, high);
    }
  }
  add_to_y<tokens>(w, sums, t0, k0 == 0, row, rows);
}

/// `count` values from k0 on of plain rows, to a panel [value / 4][row][4]; what is missing of the last four
/// is filled with zeros. Rows past the end repeat the last one, their results are not stored.
static void quads_of_rows(const MatrixWork& w, uint64_t row, int rows, uint32_t k0, uint32_t count,
                          std::byte* panel) {
  for (int r = 0; r < unit_rows; ++r) {
    const uint64_t from = row + static_cast<uint64_t>(r < rows ? r : rows - 1);
    const std::byte* at = w.weights + from * w.row_bytes + uint64_t{k0} * 2;
    for (uint32_t i = 0; i < count; i += 4) {
      uint64_t quad = 0;
      __builtin_memcpy(&quad, at + uint64_t{i} * 2, count - i < 4 ? (count - i) * 2 : 8);
      __builtin_memcpy(panel + (uint64_t{i} / 4 * unit_rows + static_cast<uint64_t>(r)) * 8, &quad, 8);
    }
  }
}

/// Likewise of units, of a value of each row.
static void quads_of_units(const MatrixWork& w, uint64_t row, int, uint32_t k0, uint32_t count,
                           std::byte* panel) {
  static constexpr std::byte zeros[2 * unit_rows]{};
  const std::byte* unit = w.weights + row * w.row_bytes + uint64_t{k0} * unit_rows * 2;
  for (uint32_t i = 0; i < count; i += 4, panel += 8 * unit_rows) {
    const std::byte* values[4];
    for (uint32_t j = 0; j < 4; ++j, unit += 2 * unit_rows) values[j] = i + j < count ? unit : zeros;
    store_quads(panel, values);
  }
}

template <auto panel_of>
static void gemm_quads(const MatrixWork& w, uint64_t first, uint64_t last, Panel& panel) {
  auto* const quads = reinterpret_cast<std::byte*>(panel.floats);
  for (uint64_t row = first; row < last; row += unit_rows) {
    const int rows = last - row < unit_rows ? static_cast<int>(last - row) : unit_rows;
    for (uint32_t k0 = 0; k0 < w.k; k0 += panel_values) {
      const uint32_t count = w.k - k0 < panel_values ? w.k - k0 : panel_values;
      panel_of(w, row, rows, k0, count, quads);
      uint32_t t = 0;
      for (; t + tokens_together <= w.n; t += tokens_together) {
        multiply_quads<tokens_together>(w, quads, t, k0, count, row, rows);
      }
      for (; t + 2 <= w.n; t += 2) multiply_quads<2>(w, quads, t, k0, count, row, rows);
      for (; t < w.n; ++t) multiply_quads<1>(w, quads, t, k0, count, row, rows);
    }
  }
}
