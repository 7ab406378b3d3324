// The dot products of panels.inl by tiles of two rows, two tokens and eight values, in the words of an
// isa/*.h; row_lanes is 4.

/// Whether tokens are multiplied in pairs, so that of one token the products are a lesser set's.
constexpr bool pairs_of_tokens = true;

/// Puts a panel of `words` words, [word][row][4], in the order that add_dots() reads: of each two words,
/// eight values of each row of the first half, then of the second, vector by vector.
static void arrange_panel(uint8_t* panel, uint32_t words) {
  constexpr int word_bytes = 4 * row_lanes * row_vectors;
  for (uint32_t i = 0; i < words; i += 2, panel += 2 * word_bytes) {
    for (int v = 0; v < row_vectors; ++v) {
      uint8_t *const at = panel + 4 * row_lanes * v, *const next = at + word_bytes;
      const RowBytes word = load_row_bytes(at), next_word = load_row_bytes(next);
      store_row_bytes(at, first_rows(word, next_word));
      store_row_bytes(next, last_rows(word, next_word));
    }
  }
}

/// Adds to `dots` the products of `steps` words u and as many of each token, rows of `pitch` values. Each two
/// steps are a load of each two rows and of each two tokens, and a product of each pair; of an odd token's
/// tiles half is unused.
template <bool wide, int steps, int tokens>
[[gnu::always_inline]] static inline void add_dots(const uint8_t* u, const int8_t* x, uint64_t pitch,
                                                   RowInts (&dots)[tokens][row_vectors]) {
  constexpr int word_bytes = 4 * row_lanes * row_vectors, token_pairs = (tokens + 1) / 2;
  RowInts first[token_pairs][row_vectors], last[token_pairs][row_vectors];  // rows of each vector
  for (int p = 0; p < token_pairs; ++p) {
    for (int v = 0; v < row_vectors; ++v) first[p][v] = last[p][v] = all_ints(0);
  }
#pragma GCC unroll 4
  for (int step = 0; step < steps; step += 2, u += 2 * word_bytes, x += 8) {
    RowBytes q[row_vectors][2];
    for (int v = 0; v < row_vectors; ++v) {
      q[v][0] = load_row_bytes(u + 4 * row_lanes * v);
      q[v][1] = load_row_bytes(u + 4 * row_lanes * v + word_bytes);
    }
    for (int p = 0; p < token_pairs; ++p) {
      const int8_t* one = x + pitch * (2 * p);
      const RowBytes two = two_tokens(one, 2 * p + 1 < tokens ? one + pitch : one);
      for (int v = 0; v < row_vectors; ++v) {
        first[p][v] = add_tile(first[p][v], q[v][0], two);
        last[p][v] = add_tile(last[p][v], q[v][1], two);
      }
    }
  }
  for (int t = 0; t < tokens; ++t) {
    for (int v = 0; v < row_vectors; ++v) {
      const RowInts a = first[t / 2][v], b = last[t / 2][v];
      dots[t][v] = int_add(dots[t][v], t % 2 ? second_token(a, b) : first_token(a, b));
    }
  }
}
