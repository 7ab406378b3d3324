// The tile of Y that a matrix product keeps in registers: the sums of a few tokens and of `rows_together`
// rows. And what products of one token ask of memory.

/// Vectors of rows in a tile. A tile has `lanes` rows in each.
constexpr int row_vectors = 2;
constexpr int rows_together = lanes * row_vectors;
static_assert(rows_together <= panel_rows);

/// Adds the sums of `tokens` tokens over one panel to Y [n][m], at tokens [t0, t0 + tokens) and rows [row,
/// row + rows). `set` says that the panel is the first of its rows, so that Y is set instead.
template <int tokens>
WEIGHIN_WORD void add_to_y(const MatrixWork& w, const F32 (&sums)[tokens][row_vectors], uint32_t t0, bool set,
                           uint64_t row, int rows) {
  float* y = w.y + uint64_t{t0} * w.m + row;
  // A whole tile is stored by unrolled loops. A loop that may end early would index the sums, which then
  // would have to lie in memory.
  if (rows == rows_together && set) {
#pragma GCC unroll 8
    for (int t = 0; t < tokens; ++t, y += w.m) {
#pragma GCC unroll 8
      for (int v = 0; v < row_vectors; ++v) store_f32(y + v * lanes, sums[t][v]);
    }
    return;
  }
  if (rows == rows_together) {
#pragma GCC unroll 8
    for (int t = 0; t < tokens; ++t, y += w.m) {
#pragma GCC unroll 8
      for (int v = 0; v < row_vectors; ++v) store_f32(y + v * lanes, sums[t][v] + load_f32(y + v * lanes));
    }
    return;
  }
#pragma GCC unroll 8
  for (int t = 0; t < tokens; ++t, y += w.m) {
#pragma GCC unroll 8
    for (int v = 0; v < row_vectors; ++v) {
      const int left = rows - v * lanes;
      if (left <= 0) continue;
      F32 total = sums[t][v];
      if (!set) total += load_f32(y + v * lanes, left);
      store_f32(y + v * lanes, total, left);
    }
  }
}

/// Asks for the cache lines that begin in the `bytes` bytes which lie `ahead` of `at`.
template <int bytes>
WEIGHIN_WORD void ask_for(const std::byte* at, Ahead ahead) {
  at += ahead.bytes;
  if (ahead.into_level1) {
#pragma GCC unroll 64
    for (int i = 0; i < bytes; i += 64) __builtin_prefetch(at + i, 0, 3);
  } else {
#pragma GCC unroll 64
    for (int i = 0; i < bytes; i += 64) __builtin_prefetch(at + i, 0, 2);
  }
}

/// Calls `multiply` once with the last `count` tokens, from `t` on, as its template argument: fewer than
/// gemm_tokens. One part of five tokens keeps nearly as many products in flight as one of six; parts of two
/// and one, which an expert's few tokens often leave, would wait for each of theirs.
template <int tokens = gemm_tokens - 1, class Multiply>
WEIGHIN_WORD void multiply_rest(uint32_t t, uint32_t count, const Multiply& multiply) {
  if (count == tokens) {
    multiply.template operator()<tokens>(t);
    return;
  }
  if constexpr (tokens > 1) multiply_rest<tokens - 1>(t, count, multiply);
}
