// Attention of a prompt's tokens over each other, by blocks of queries and tiles of tokens. Included after
// decode.inl; the words beside those it names:
//   tile_rows, tile_vectors  accumulators of the product in registers: rows, and vectors of a row
//   zip_low, zip_high        the first, the second halves of two vectors, lanes in turn
//
// The queries of a block stand in the lanes: scores are kept [token][query] and results [value][query], so
// that the softmax needs no sum over lanes, and both products have one form: a row of f32 numbers, each
// multiplied with a vector of queries. Keys and values are widened once for a block.

/// Where a block's operands lie in its scratch (floats, [..][lanes] on 64-byte lines) and their pitches.
struct BlockScratch {
  uint64_t query_pitch;  // queries, whole vectors
  uint64_t value_pitch;  // k, whole 64-byte lines
  float* queries;        // [k][query_pitch], times 1 / sqrt(k)
  float* results;        // [value_pitch][query_pitch], to be divided by `totals`
  float* scores;         // [prefill_tile][query_pitch]
  float* keys;           // [prefill_tile][value_pitch]
  float* values;         // [prefill_tile][value_pitch]
  float* largest;        // [query_pitch] the largest score so far
  float* totals;         // [query_pitch] the sum of e^(score - largest)
  float* shrinks;        // [query_pitch] what `results` are multiplied with before the present tile is added
  uint32_t* positions;   // [query_pitch] the last token that a query sees
};

BlockScratch lay_out(float* scratch, uint64_t rows, uint32_t k) {
  BlockScratch s;
  s.query_pitch = (rows + lanes - 1) / lanes * lanes;
  s.value_pitch = (k + 15ULL) / 16 * 16;
  s.queries = scratch;
  s.results = s.queries + k * s.query_pitch;
  s.scores = s.results + s.value_pitch * s.query_pitch;
  s.largest = s.scores + prefill_tile * s.query_pitch;
  s.totals = s.largest + s.query_pitch;
  s.shrinks = s.totals + s.query_pitch;
  s.positions = reinterpret_cast<uint32_t*>(s.shrinks + s.query_pitch);
  s.keys = scratch + (s.shrinks + 2 * s.query_pitch - scratch + 15) / 16 * 16;
  s.values = s.keys + prefill_tile * s.value_pitch;
  return s;
}

/// c[row][V vectors] += a[row] b, c being 0 (scores) or shrunk first; tile_rows x V sums stay in registers.
/// b [depth][pitch]; c [tile_rows][pitch]; a [tile_rows][a_pitch] for scores, [depth][a_pitch] for results.
/// Bound by multiply-adds: a step is V loads, tile_rows broadcasts and tile_rows x V of them.
template <uint32_t V, bool scores>
WEIGHIN_WORD void multiply_tile(const float* a, uint64_t a_pitch, const float* b, uint32_t depth,
                                const float* shrink, float* c, uint64_t pitch) {
  F sums[tile_rows][V] = {};
  if constexpr (!scores) {
#pragma GCC unroll 8
    for (uint32_t row = 0; row < tile_rows; ++row) {
#pragma GCC unroll 4
      for (uint32_t v = 0; v < V; ++v)
        sums[row][v] = load(c + row * pitch + v * lanes) * load(shrink + v * lanes);
    }
  }
  for (uint32_t step = 0; step < depth; ++step) {
    F x[V];
#pragma GCC unroll 4
    for (uint32_t v = 0; v < V; ++v) x[v] = load(b + step * pitch + v * lanes);
#pragma GCC unroll 8
    for (uint32_t row = 0; row < tile_rows; ++row) {
      const F factor = all_lanes(scores ? a[row * a_pitch + step] : a[step * a_pitch + row]);
#pragma GCC unroll 4
      for (uint32_t v = 0; v < V; ++v) sums[row][v] = multiply_add(factor, x[v], sums[row][v]);
    }
  }
#pragma GCC unroll 8
  for (uint32_t row = 0; row < tile_rows; ++row) {
#pragma GCC unroll 4
    for (uint32_t v = 0; v < V; ++v) store(c + row * pitch + v * lanes, sums[row][v]);
  }
}

/// Turns a vector of queries' scores of `count` tokens (the first is `first`) into weights and notes by how
/// much older results shrink. With `masked`, tokens past a query's position weigh nothing.
/// Bound by exp, about 20 instructions a vector, beside 2 k multiply-adds a vector in the products.
template <bool masked>
void soften_queries(const BlockScratch& s, uint64_t lane, uint32_t count, uint32_t first) {
  float* scores = s.scores + lane;
  const F old = load(s.largest + lane);
  I position;
  __builtin_memcpy(&position, s.positions + lane, sizeof position);
  F most = old;
  for (uint32_t t = 0; t < count; ++t) {
    F score = load(scores + t * s.query_pitch);
    if constexpr (masked) {
      score = I{} + static_cast<int32_t>(first + t) > position ? all_lanes(-__builtin_inff()) : score;
      store(scores + t * s.query_pitch, score);
    }
    most = larger(score, most);
  }
  const F shrink = exp_of(old - most);
  F total = load(s.totals + lane) * shrink;
  for (uint32_t t = 0; t < count; ++t) {
    const F weight = exp_of(load(scores + t * s.query_pitch) - most);
    store(scores + t * s.query_pitch, weight);
    total += weight;
  }
  store(s.largest + lane, most);
  store(s.shrinks + lane, shrink);
  store(s.totals + lane, total);
}

/// Adds the widened tile to V vectors of queries, from `lane` on; tokens that none of them sees are skipped.
template <uint32_t V>
void add_tile(const BlockScratch& s, uint64_t lane, uint32_t first, uint32_t count, uint32_t k) {
  const uint32_t sees_last = s.positions[lane + V * lanes - 1], sees_least = s.positions[lane];
  if (sees_last < first) return;
  if (sees_last - first + 1 < count) count = sees_last - first + 1;
  for (uint32_t t = 0; t < count; t += tile_rows) {
    multiply_tile<V, true>(s.keys + t * s.value_pitch, s.value_pitch, s.queries + lane, k, nullptr,
                           s.scores + lane + t * s.query_pitch, s.query_pitch);
  }
  for (uint32_t v = 0; v < V; ++v) {
    if (first + count - 1 > sees_least) {
      soften_queries<true>(s, lane + v * lanes, count, first);
    } else {
      soften_queries<false>(s, lane + v * lanes, count, first);
    }
  }
  for (uint32_t i = 0; i < k; i += tile_rows) {
    multiply_tile<V, false>(s.values + i, s.value_pitch, s.scores + lane, count, s.shrinks + lane,
                            s.results + lane + i * s.query_pitch, s.query_pitch);
  }
}

template <uint32_t V>
void add_tile_to_all(const BlockScratch& s, uint64_t lane, uint32_t first, uint32_t count, uint32_t k) {
  for (; lane + V * lanes <= s.query_pitch; lane += V * lanes) add_tile<V>(s, lane, first, count, k);
  if constexpr (V > 1) add_tile_to_all<V - 1>(s, lane, first, count, k);
}

/// Rows [count][k] of the cache to [count][pitch] of f32, zeros behind k.
template <class Rows>
void widen_rows(const std::byte* from, uint32_t count, uint32_t k, uint64_t pitch, float* to) {
  constexpr uint32_t V = Rows::vectors;
  for (uint32_t t = 0; t < count; ++t, from += Rows::bytes(k), to += pitch) {
    uint32_t i = 0;
    for (; i + V * lanes <= k; i += V * lanes) {
      F values[V];
      Rows::template load<V>(from, i, values);
      for (uint32_t v = 0; v < V; ++v) store(to + i + v * lanes, values[v]);
    }
    for (; i < k; i += lanes) store(to + i, Rows::load_end(from, i, k - i));
  }
}

/// Turns rows into columns: v[i] lane j becomes v[j] lane i. Vector j zipped with vector j + lanes / 2, for
/// all j, moves every value's row and lane number round by one bit; after all bits they have changed places.
WEIGHIN_WORD void transpose(F* v) {
#pragma GCC unroll 4
  for (uint32_t bit = 1; bit < lanes; bit *= 2) {
    F zipped[lanes];
#pragma GCC unroll 8
    for (uint32_t j = 0; j < lanes / 2; ++j) {
      zipped[2 * j] = zip_low(v[j], v[j + lanes / 2]);
      zipped[2 * j + 1] = zip_high(v[j], v[j + lanes / 2]);
    }
#pragma GCC unroll 16
    for (uint32_t j = 0; j < lanes; ++j) v[j] = zipped[j];
  }
}

uint64_t rows_of(const QueryBlock& block) {
  return uint64_t{block.tokens} * block.heads;
}

/// Where query vector `row` of the block starts in q, and its result in y.
uint64_t place_of(const QueryBlock& block, uint64_t row) {
  return row / block.heads * block.token_pitch + row % block.heads * block.k;
}

/// Queries into lanes, scaled; states empty. Lanes without a query repeat the last one.
/// Bound by log2(lanes) shuffles a vector, once a block.
void start_block(const QueryBlock& block, const BlockScratch& s) {
  const uint64_t rows = rows_of(block);
  const float scale = 1 / __builtin_sqrtf(static_cast<float>(block.k));
  for (uint64_t row = 0; row < s.query_pitch; row += lanes) {
    const float* q[lanes];
    for (uint32_t lane = 0; lane < lanes; ++lane) {
      const uint64_t at = row + lane < rows ? row + lane : rows - 1;
      const auto token = static_cast<uint32_t>(at / block.heads);
      q[lane] = block.q + place_of(block, at);
      s.positions[row + lane] = block.causal ? block.first + token : block.context - 1;
    }
    for (uint32_t i = 0; i < block.k; i += lanes) {
      F columns[lanes];
#pragma GCC unroll 16
      for (uint32_t lane = 0; lane < lanes; ++lane) columns[lane] = load(q[lane] + i, block.k - i) * scale;
      transpose(columns);
      for (uint32_t j = 0; j < lanes && i + j < block.k; ++j) {
        store(s.queries + (i + j) * s.query_pitch + row, columns[j]);
      }
    }
    store(s.largest + row, all_lanes(-3e38F));  // less than any score
    store(s.totals + row, F{});
  }
  for (uint64_t i = 0; i < s.value_pitch * s.query_pitch; i += lanes) store(s.results + i, F{});
}

/// Results divided by their totals and back into rows; bound as start_block().
void finish_block(const QueryBlock& block, const BlockScratch& s) {
  const uint64_t rows = rows_of(block);
  for (uint64_t row = 0; row < rows; row += lanes) {
    const F scale = 1 / load(s.totals + row);
    for (uint32_t i = 0; i < block.k; i += lanes) {
      F values[lanes];  // those behind k are in the scratch, and not stored
#pragma GCC unroll 16
      for (uint32_t j = 0; j < lanes; ++j) {
        values[j] = load(s.results + (i + j) * s.query_pitch + row) * scale;
      }
      transpose(values);
      for (uint32_t lane = 0; lane < lanes && row + lane < rows; ++lane) {
        store(block.y + place_of(block, row + lane) + i, values[lane], block.k - i);
      }
    }
  }
}

template <class Rows>
void attend_block_of_rows(const QueryBlock& block, float* scratch) {
  const BlockScratch s = lay_out(scratch, rows_of(block), block.k);
  start_block(block, s);
  const uint32_t seen = block.causal ? block.first + block.tokens : block.context;
  for (uint32_t first = 0; first < seen; first += prefill_tile) {
    const uint32_t count = seen - first < prefill_tile ? seen - first : prefill_tile;
    const uint64_t at = first * Rows::bytes(block.k);
    widen_rows<Rows>(static_cast<const std::byte*>(block.keys) + at, count, block.k, s.value_pitch, s.keys);
    widen_rows<Rows>(static_cast<const std::byte*>(block.values) + at, count, block.k, s.value_pitch,
                     s.values);
    add_tile_to_all<tile_vectors>(s, 0, first, count, block.k);
  }
  finish_block(block, s);
}

constexpr BlockFunction attend_block = attend_block_of_rows<HalfRows>,
                        attend_block_q8_0 = attend_block_of_rows<Q8Rows>;
