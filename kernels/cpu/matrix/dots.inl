// The dot products of panels.inl by words of four values of each row, in the words of an isa/*.h.

/// Whether tokens are multiplied in pairs, so that of one token the products are a lesser set's.
constexpr bool pairs_of_tokens = false;

/// Puts a panel of `words` words in the order that add_dots() reads: it is in that order.
static void arrange_panel(uint8_t*, uint32_t) {}

/// Adds to `dots` the products of `steps` words u [word][rows_together][4] and as many of each token, rows of
/// `pitch` values. Each step is row_vectors weights loaded, a word of each token broadcast, and one product
/// of each pair.
template <bool wide, int steps, int tokens>
[[gnu::always_inline]] static inline void add_dots(const uint8_t* u, const int8_t* x, uint64_t pitch,
                                                   RowInts (&dots)[tokens][row_vectors]) {
#pragma GCC unroll 8
  for (int step = 0; step < steps; ++step, u += 4 * row_lanes * row_vectors, x += 4) {
    RowBytes q[row_vectors];
    for (int v = 0; v < row_vectors; ++v) q[v] = load_row_bytes(u + 4 * row_lanes * v);
    for (int t = 0; t < tokens; ++t) {
      for (int v = 0; v < row_vectors; ++v) dots[t][v] = dot4<wide>(dots[t][v], q[v], x + pitch * t);
    }
  }
}
