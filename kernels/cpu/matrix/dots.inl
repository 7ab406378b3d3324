// The dot products of panels.inl, by words of four values of each row.

/// One token's products have their own kernel, gemv_packed().
constexpr bool packed_gemv = true;

/// Puts a panel of `words` words in the order that add_dots() reads. It is in that order.
static void arrange_panel(uint8_t*, uint32_t) {}

/// Adds to `dots` the products of `steps` words u [word][rows_together][4] and as many of each token, whose
/// rows lie `pitch` values apart. Each step loads row_vectors vectors of weights, broadcasts a word of each
/// token, and multiplies each pair.
template <bool wide, int steps, int tokens>
WEIGHIN_WORD void add_dots(const uint8_t* u, const int8_t* x, uint64_t pitch,
                           I32 (&dots)[tokens][row_vectors]) {
#pragma GCC unroll 8
  for (int step = 0; step < steps; ++step, u += 4 * rows_together, x += 4) {
    LaneBytes q[row_vectors];
    for (int v = 0; v < row_vectors; ++v) q[v] = load_lane_bytes(u + 4 * lanes * v);
    for (int t = 0; t < tokens; ++t) {
      for (int v = 0; v < row_vectors; ++v) {
        dots[t][v] = dot4<wide>(dots[t][v], q[v], all_lane_bytes(x + pitch * t));
      }
    }
  }
}
