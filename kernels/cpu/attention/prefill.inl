// Attention of a prompt's tokens over each other, by blocks of queries and tiles of cached tokens. The
// register tile is `prefill_rows` rows by up to `prefill_vectors` vectors.
//
// The queries of a block stand in the lanes: scores are kept [token][query] and results [value][query]. So
// the softmax needs no sum over lanes, and both products have one form: rows of f32 numbers, each multiplied
// with a vector of queries. Keys and values are widened once for a block.

/// Where a block's operands lie in its scratch space (floats, [..][lanes] on 64-byte lines), and their
/// pitches.
struct BlockScratch {
  uint64_t query_pitch;  // queries, whole vectors
  uint64_t value_pitch;  // k, whole 64-byte lines
  float* queries;        // [k][query_pitch], times 1 / sqrt(k)
  float* results;        // [value_pitch][query_pitch], to be divided by `totals` at the end
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

/// Adds a[row] b to c[row][V vectors], after c is set to 0 (scores) or multiplied with `shrink` (results).
/// prefill_rows x V sums stay in registers. b [depth][pitch]; c [prefill_rows][pitch]; a
/// [prefill_rows][a_pitch] for scores, [depth][a_pitch] for results. Bound by multiply-adds: a step is V
/// loads, prefill_rows broadcasts and prefill_rows x V multiply-adds.
template <uint32_t V, bool scores>
WEIGHIN_WORD void multiply_tile(const float* a, uint64_t a_pitch, const float* b, uint32_t depth,
                                const float* shrink, float* c, uint64_t pitch) {
  F32 sums[prefill_rows][V] = {};
  if constexpr (!scores) {
#pragma GCC unroll 8
    for (uint32_t row = 0; row < prefill_rows; ++row) {
#pragma GCC unroll 4
      for (uint32_t v = 0; v < V; ++v)
        sums[row][v] = load_f32(c + row * pitch + v * lanes) * load_f32(shrink + v * lanes);
    }
  }
  for (uint32_t step = 0; step < depth; ++step) {
    F32 x[V];
#pragma GCC unroll 4
    for (uint32_t v = 0; v < V; ++v) x[v] = load_f32(b + step * pitch + v * lanes);
#pragma GCC unroll 8
    for (uint32_t row = 0; row < prefill_rows; ++row) {
      const F32 factor = all_f32(scores ? a[row * a_pitch + step] : a[step * a_pitch + row]);
#pragma GCC unroll 4
      for (uint32_t v = 0; v < V; ++v) sums[row][v] = multiply_add(factor, x[v], sums[row][v]);
    }
  }
#pragma GCC unroll 8
  for (uint32_t row = 0; row < prefill_rows; ++row) {
#pragma GCC unroll 4
    for (uint32_t v = 0; v < V; ++v) store_f32(c + row * pitch + v * lanes, sums[row][v]);
  }
}

/// Turns the scores of a vector of queries over `count` tokens from `first` on into weights, and notes what
/// older results must be multiplied with. With `masked`, tokens past a query's position weigh nothing. Bound
/// by exp, about 20 instructions a vector, beside 2 k multiply-adds a vector in the products.
template <bool masked>
void soften_queries(const BlockScratch& s, uint64_t lane, uint32_t count, uint32_t first) {
  float* scores = s.scores + lane;
  const F32 old = load_f32(s.largest + lane);
  I32 position;
  __builtin_memcpy(&position, s.positions + lane, sizeof position);
  F32 most = old;
  for (uint32_t t = 0; t < count; ++t) {
    F32 score = load_f32(scores + t * s.query_pitch);
    if constexpr (masked) {
      score = I32{} + static_cast<int32_t>(first + t) > position ? all_f32(-__builtin_inff()) : score;
      store_f32(scores + t * s.query_pitch, score);
    }
    most = larger(score, most);
  }
  const F32 shrink = exp_of(old - most);
  F32 total = load_f32(s.totals + lane) * shrink;
  for (uint32_t t = 0; t < count; ++t) {
    const F32 weight = exp_of(load_f32(scores + t * s.query_pitch) - most);
    store_f32(scores + t * s.query_pitch, weight);
    total += weight;
  }
  store_f32(s.largest + lane, most);
  store_f32(s.shrinks + lane, shrink);
  store_f32(s.totals + lane, total);
}

/// Adds the widened tile to V vectors of queries from `lane` on. Tokens that none of them sees are skipped.
template <uint32_t V>
void add_tile(const BlockScratch& s, uint64_t lane, uint32_t first, uint32_t count, uint32_t k) {
  const uint32_t sees_last = s.positions[lane + V * lanes - 1], sees_least = s.positions[lane];
  if (sees_last < first) return;
  if (sees_last - first + 1 < count) count = sees_last - first + 1;
  for (uint32_t t = 0; t < count; t += prefill_rows) {
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
  for (uint32_t i = 0; i < k; i += prefill_rows) {
    multiply_tile<V, false>(s.values + i, s.value_pitch, s.scores + lane, count, s.shrinks + lane,
                            s.results + lane + i * s.query_pitch, s.query_pitch);
  }
}

/// add_tile() for all queries from `lane` on: V vectors at once as long as so many are left, then one fewer.
template <uint32_t V>
void add_tile_to_all(const BlockScratch& s, uint64_t lane, uint32_t first, uint32_t count, uint32_t k) {
  for (; lane + V * lanes <= s.query_pitch; lane += V * lanes) add_tile<V>(s, lane, first, count, k);
  if constexpr (V > 1) add_tile_to_all<V - 1>(s, lane, first, count, k);
}

/// Rows [count][k] of the cache as f32 [count][pitch], with zeros behind k.
template <class Rows>
void widen_rows(const std::byte* from, uint32_t count, uint32_t k, uint64_t pitch, float* to) {
  constexpr uint32_t V = Rows::vectors;
  for (uint32_t t = 0; t < count; ++t, from += Rows::bytes(k), to += pitch) {
    uint32_t i = 0;
    for (; i + V * lanes <= k; i += V * lanes) {
      F32 values[V];
      Rows::template load_vectors<V>(from, i, values);
      for (uint32_t v = 0; v < V; ++v) store_f32(to + i + v * lanes, values[v]);
    }
    for (; i < k; i += lanes) store_f32(to + i, Rows::load_end(from, i, k - i));
  }
}

/// Turns rows into columns: v[i] lane j becomes v[j] lane i. Zipping vector j with vector j + lanes / 2, for
/// all j, rotates the row number and lane number of every value by one bit; after all bits they have changed
/// places.
WEIGHIN_WORD void transpose(F32* v) {
#pragma GCC unroll 4
  for (uint32_t bit = 1; bit < lanes; bit *= 2) {
    F32 zipped[lanes];
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

/// The index in q at which query vector `row` of the block starts, and in y its result.
uint64_t place_of(const QueryBlock& block, uint64_t row) {
  return row / block.heads * block.token_pitch + row % block.heads * block.k;
}

/// Puts the queries, scaled, into lanes, and empties the states. Lanes without a query repeat the last one.
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
      F32 columns[lanes];
#pragma GCC unroll 16
      for (uint32_t lane = 0; lane < lanes; ++lane)
        columns[lane] = load_f32(q[lane] + i, block.k - i) * scale;
      transpose(columns);
      for (uint32_t j = 0; j < lanes && i + j < block.k; ++j) {
        store_f32(s.queries + (i + j) * s.query_pitch + row, columns[j]);
      }
    }
    store_f32(s.largest + row, all_f32(-3e38F));  // less than any score
    store_f32(s.totals + row, F32{});
  }
  for (uint64_t i = 0; i < s.value_pitch * s.query_pitch; i += lanes) store_f32(s.results + i, F32{});
}

/// Divides the results by their totals and puts them back into rows. Bound as start_block().
void finish_block(const QueryBlock& block, const BlockScratch& s) {
  const uint64_t rows = rows_of(block);
  for (uint64_t row = 0; row < rows; row += lanes) {
    const F32 scale = 1 / load_f32(s.totals + row);
    for (uint32_t i = 0; i < block.k; i += lanes) {
      F32 values[lanes];  // those behind k lie in the scratch space, and are not stored
#pragma GCC unroll 16
      for (uint32_t j = 0; j < lanes; ++j) {
        values[j] = load_f32(s.results + (i + j) * s.query_pitch + row) * scale;
      }
      transpose(values);
      for (uint32_t lane = 0; lane < lanes && row + lane < rows; ++lane) {
        store_f32(block.y + place_of(block, row + lane) + i, values[lane], block.k - i);
      }
    }
  }
}

/// A BlockFunction.
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
    add_tile_to_all<prefill_vectors>(s, 0, first, count, block.k);
  }
  finish_block(block, s);
}

constexpr BlockFunction attend_block = attend_block_of_rows<HalfRows>,
                        attend_block_q8_0 = attend_block_of_rows<Q8Rows>;
