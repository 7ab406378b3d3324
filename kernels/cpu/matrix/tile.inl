// The tile of Y that a matrix product keeps in registers: the sums of a few tokens and of `rows_together`
// rows.

/// Vectors of rows in a tile. A tile has `lanes` rows in each.
constexpr int row_vectors = 2;
constexpr int rows_together = lanes * row_vectors;
static_assert(rows_together <= panel_rows);

/// Adds the sums of `tokens` tokens over one panel to Y [n][m], at tokens [t0, t0 + tokens) and rows [row,
/// row + rows). `set` says that the panel is the first of its rows, so that Y is set instead.
template <int tokens>
WEIGHIN_WORD void add_to_y(const MatrixWork& w, const F32 (&sums)[tokens][row_vectors], uint32_t t0, bool set,
                           uint64_t row, int rows) {
  for (int t = 0; t < tokens; ++t) {
    float* y = w.y + (t0 + uint64_t(t)) * w.m + row;
    for (int v = 0; v < row_vectors; ++v) {
      const int left = rows - v * lanes;
      if (left <= 0) break;
      F32 total = sums[t][v];
      if (!set) total += load_f32(y + v * lanes, left);
      store_f32(y + v * lanes, total, left);
    }
  }
}
