// The dot products of panels.inl, by tiles of two rows, two tokens and eight values. A vector has four lanes.

/// Tokens are multiplied in pairs, so that one token's products are a lesser set's.
constexpr bool packed_gemv = false;

/// Puts a panel of `words` words [word][row][4] in the order that add_dots() reads: of each two words, eight
/// values of each row of the first half, then of the second, vector by vector.
static void arrange_panel(uint8_t* panel, uint32_t words) {
  constexpr int word_bytes = 4 * rows_together;
  for (uint32_t i = 0; i < words; i += 2, panel += 2 * word_bytes) {
    for (int v = 0; v < row_vectors; ++v) {
      uint8_t *const at = panel + 4 * lanes * v, *const next = at + word_bytes;
      const LaneBytes word = load_lane_bytes(at), next_word = load_lane_bytes(next);
      store_lane_bytes(at, zip_low(word, next_word));
      store_lane_bytes(next, zip_high(word, next_word));
    }
  }
}

/// Adds to `dots` the products of `steps` words u and as many of each token, whose rows lie `pitch` values
/// apart. Each two steps load each two rows and each two tokens and multiply each pair. Of an odd token's
/// tiles half is unused.
template <bool wide, int steps, int tokens>
WEIGHIN_WORD void add_dots(const uint8_t* u, const int8_t* x, uint64_t pitch,
                           I32 (&dots)[tokens][row_vectors]) {
  constexpr int word_bytes = 4 * rows_together, token_pairs = (tokens + 1) / 2;
  I32 first[token_pairs][row_vectors] = {}, last[token_pairs][row_vectors] = {};  // two rows of each vector
#pragma GCC unroll 4
  for (int step = 0; step < steps; step += 2, u += 2 * word_bytes, x += 8) {
    LaneBytes q[row_vectors][2];
    for (int v = 0; v < row_vectors; ++v) {
      q[v][0] = load_lane_bytes(u + 4 * lanes * v);
      q[v][1] = load_lane_bytes(u + 4 * lanes * v + word_bytes);
    }
    for (int p = 0; p < token_pairs; ++p) {
      const int8_t* one = x + pitch * (2 * p);
      const LaneBytes two = two_tokens(one, 2 * p + 1 < tokens ? one + pitch : one);
      for (int v = 0; v < row_vectors; ++v) {
        first[p][v] = add_tile(first[p][v], q[v][0], two);
        last[p][v] = add_tile(last[p][v], q[v][1], two);
      }
    }
  }
  for (int t = 0; t < tokens; ++t) {
    for (int v = 0; v < row_vectors; ++v) {
      const I32 a = first[t / 2][v], b = last[t / 2][v];
      dots[t][v] += t % 2 ? odd_lanes(a, b) : even_lanes(a, b);
    }
  }
}
