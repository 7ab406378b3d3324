// Attention of one token over a KV cache. `Rows` is the cache's format, a type of cache_rows.inl. The
// register tile is `decode_sums` accumulators: T tokens for Q query heads, or V vectors of a row for Q query
// heads.

/// Tokens whose keys or values stay in the nearest cache while all heads use them: 16 KiB at k = 128.
constexpr uint32_t tokens_together = 64;

/// Adds to dots [Q][T] the products of V vectors, from value `i` on, of T keys with Q query heads.
template <class Rows, uint32_t Q, uint32_t T, uint32_t V>
WEIGHIN_WORD void add_products(const float* q, const std::byte* keys, uint32_t i, uint32_t k, F32* dots) {
  F32 heads[Q][V];
#pragma GCC unroll 4
  for (uint32_t h = 0; h < Q; ++h) {
#pragma GCC unroll 8
    for (uint32_t v = 0; v < V; ++v) heads[h][v] = load_f32(q + uint64_t{h} * k + i + v * lanes);
  }
#pragma GCC unroll 16
  for (uint32_t t = 0; t < T; ++t) {
    F32 key[V];
    Rows::template load_vectors<V>(keys + t * Rows::bytes(k), i, key);
#pragma GCC unroll 4
    for (uint32_t h = 0; h < Q; ++h) {
#pragma GCC unroll 8
      for (uint32_t v = 0; v < V; ++v) dots[h * T + t] = multiply_add(heads[h][v], key[v], dots[h * T + t]);
    }
  }
}

/// Adds the products of the values from `i` to the rows' end, which are less than a vector.
template <class Rows, uint32_t Q, uint32_t T>
WEIGHIN_WORD void add_end_products(const float* q, const std::byte* keys, uint32_t i, uint32_t k, F32* dots) {
  for (uint32_t t = 0; t < T; ++t) {
    const F32 key = Rows::load_end(keys + t * Rows::bytes(k), i, k - i);
    for (uint32_t h = 0; h < Q; ++h) {
      dots[h * T + t] = multiply_add(load_f32_part(q + uint64_t{h} * k + i, k - i), key, dots[h * T + t]);
    }
  }
}

/// Prefetches `bytes` bytes into the level-2 cache. An address outside any memory does no harm.
template <uint32_t bytes>
WEIGHIN_WORD void prefetch(const std::byte* at) {
#pragma GCC unroll 16
  for (uint32_t i = 0; i < bytes; i += 64) __builtin_prefetch(at + i, 0, 2);  // 64-byte lines
}

/// Scores of T tokens for Q query heads, q . key * scale. A key is widened once for all Q heads. Products are
/// summed lane by lane, and only at the end are the lanes of a sum added, for `lanes` sums together. q [Q][k]
/// f32; keys [T][k], one row after the other; scores [Q][attention_tile]. Bound by reading the keys up to Q =
/// 4, and by Q multiply-adds a vector of keys above.
///
/// The hardware prefetches rows that are read one after the other, as one head reads them. Several heads read
/// T rows side by side, which the hardware does not follow. So they prefetch, in order, what comes
/// tokens_together later. (On Zen 4 this brought GQA of 4 from 0.35 to 0.65 of the read bandwidth on one
/// core. One head became slower by it, 0.87 to 0.71.)
template <class Rows, uint32_t Q, uint32_t T>
void score(const float* q, const std::byte* keys, uint32_t k, float scale, float* scores) {
  constexpr uint32_t V = Rows::vectors, step = V * lanes;
  F32 dots[Q * T] = {};
  uint32_t i = 0;
  if constexpr (Q == 1) {
#pragma GCC unroll 16
    for (uint32_t t = 0; t < T; ++t) {
      const std::byte* key = keys + t * Rows::bytes(k);
      for (i = 0; i + step <= k; i += step) dots[t] = Rows::template add_product<V>(q + i, key, i, dots[t]);
    }
  } else {
    const std::byte* next = keys + tokens_together * Rows::bytes(k);
    for (; i + step <= k; i += step, next += T * Rows::bytes(step)) {
      prefetch<T * Rows::bytes(step)>(next);
      add_products<Rows, Q, T, V>(q, keys, i, k, dots);
    }
  }
  if constexpr (!Rows::whole_only) {
    if (i < k) add_end_products<Rows, Q, T>(q, keys, i, k, dots);
  }
  float found[Q * T];
  if constexpr (Q * T % lanes == 0) {
#pragma GCC unroll 16
    for (uint32_t at = 0; at < Q * T; at += lanes) store_f32(found + at, sums(dots + at) * scale);
  } else {
    for (uint32_t at = 0; at < Q * T; ++at) found[at] = sum(dots[at]) * scale;
  }
  for (uint32_t h = 0; h < Q; ++h) {
    __builtin_memcpy(scores + h * attention_tile, found + h * T, T * sizeof(float));
  }
}

template <class Rows, uint32_t Q>
void score_tokens(const float* q, const std::byte* keys, uint32_t count, uint32_t k, float* scores) {
  constexpr uint32_t T = decode_sums / Q;
  const float scale = 1 / __builtin_sqrtf(static_cast<float>(k));
  const uint64_t row = Rows::bytes(k);
  uint32_t t = 0;
  for (; t + T <= count; t += T) score<Rows, Q, T>(q, keys + t * row, k, scale, scores + t);
  for (; t < count; ++t) score<Rows, Q, 1>(q, keys + t * row, k, scale, scores + t);
}

/// Adds the weighted values of `count` tokens to V vectors of the sums of Q query heads, from value `i` of a
/// row on. A value is widened once for all Q heads, and the sums stay in registers over the tokens. weights
/// [Q][attention_tile]; values [count][k]; sums [Q][k + 2] f32. Bound as score(). Where V vectors are less
/// than a row (of one head: less than half a row, as measured on Zen 4), the next rows are prefetched in
/// their order.
template <class Rows, uint32_t Q, uint32_t V>
void weigh(const float* weights, const std::byte* values, uint32_t count, uint32_t k, uint32_t i,
           float* sums) {
  const uint64_t row = Rows::bytes(k);
  const bool in_parts = V * lanes * (Q == 1 ? 2 : 1) < k;
  const std::byte* next = values + tokens_together * row + Rows::bytes(i) * count;
  F32 totals[Q][V];
  for (uint32_t h = 0; h < Q; ++h) {
    for (uint32_t v = 0; v < V; ++v) totals[h][v] = load_f32(sums + uint64_t{h} * (k + 2) + i + v * lanes);
  }
  for (uint32_t t = 0; t < count; ++t) {
    if (in_parts) prefetch<Rows::bytes(V * lanes)>(next + t * Rows::bytes(V * lanes));
    if constexpr (Q == 1) {
      Rows::template add_weighted<V>(all_f32(weights[t]), values + t * row, i, totals[0]);
      continue;
    }
    F32 rows[V];
    Rows::template load_vectors<V>(values + t * row, i, rows);
#pragma GCC unroll 4
    for (uint32_t h = 0; h < Q; ++h) {
      const F32 weight = all_f32(weights[h * attention_tile + t]);
#pragma GCC unroll 16
      for (uint32_t v = 0; v < V; ++v) totals[h][v] = multiply_add(weight, rows[v], totals[h][v]);
    }
  }
  for (uint32_t h = 0; h < Q; ++h) {
    for (uint32_t v = 0; v < V; ++v) store_f32(sums + uint64_t{h} * (k + 2) + i + v * lanes, totals[h][v]);
  }
}

/// weigh() from value `i` to the row's end: V vectors at once as long as so many are left, then half as many,
/// and so on, and last the values that are less than a vector.
template <class Rows, uint32_t Q, uint32_t V>
void weigh_rows(const float* weights, const std::byte* values, uint32_t count, uint32_t k, uint32_t i,
                float* sums) {
  for (; i + V * lanes <= k; i += V * lanes) weigh<Rows, Q, V>(weights, values, count, k, i, sums);
  if constexpr (V > 1) {
    weigh_rows<Rows, Q, V / 2>(weights, values, count, k, i, sums);
  } else if (i < k) {
    for (uint32_t h = 0; h < Q; ++h) {
      float* to = sums + uint64_t{h} * (k + 2) + i;
      F32 total = load_f32_part(to, k - i);
      for (uint32_t t = 0; t < count; ++t) {
        const F32 weight = all_f32(weights[h * attention_tile + t]);
        total = multiply_add(weight, Rows::load_end(values + t * Rows::bytes(k), i, k - i), total);
      }
      store_f32_part(to, total, k - i);
    }
  }
}

/// Turns the scores of `count` tokens into weights, e^(score - largest so far), and rescales one query's
/// state [k + 2] to that largest score. Bound by exp, about 20 instructions a vector of tokens, beside k
/// multiply-adds in each product.
void soften(float* scores, uint32_t count, uint32_t k, float* state) {
  const float of_tile = largest(scores, count), old = state[0], most = of_tile > old ? of_tile : old;
  F32 total{};
  for (uint32_t t = 0; t < count; t += lanes) {
    F32 weights = exp_of(load_f32(scores + t, count - t) - most);
    store_f32(scores + t, weights, count - t);
    if (count - t < lanes) weights = load_f32_part(scores + t, count - t);  // lanes past the end count as 0
    total += weights;
  }
  if (most > old) {
    const float shrink = exp_of(all_f32(old - most))[0];
    for (uint32_t i = 1; i < k + 2; i += lanes) {
      store_f32(state + i, load_f32(state + i, k + 2 - i) * shrink, k + 2 - i);
    }
  }
  state[0] = most;
  state[1] += sum(total);
}

/// Query heads whose scores of a tile are kept at once: 16 KiB.
constexpr uint32_t heads_together = 16;

/// The scores of up to tokens_together tokens: for Q heads at once from `h` on as long as Q are left, then
/// for half as many.
template <class Rows, uint32_t Q>
void score_heads(const float* q, uint32_t queries, const std::byte* keys, uint32_t count, uint32_t k,
                 uint32_t h, float* scores) {
  for (; h + Q <= queries; h += Q) {
    score_tokens<Rows, Q>(q + uint64_t{h} * k, keys, count, k, scores + h * attention_tile);
  }
  if constexpr (Q > 1) score_heads<Rows, Q / 2>(q, queries, keys, count, k, h, scores);
}

/// weigh_rows() for Q heads at once from `h` on as long as Q are left, then for half as many.
template <class Rows, uint32_t Q>
void weigh_heads(const float* weights, uint32_t queries, const std::byte* values, uint32_t count, uint32_t k,
                 uint32_t h, float* sums) {
  for (; h + Q <= queries; h += Q) {
    weigh_rows<Rows, Q, decode_sums / Q>(weights + h * attention_tile, values, count, k, 0,
                                         sums + uint64_t{h} * (k + 2));
  }
  if constexpr (Q > 1) weigh_heads<Rows, Q / 2>(weights, queries, values, count, k, h, sums);
}

/// A tile of up to attention_tile tokens with up to heads_together heads. The other operands are those of
/// AttendFunction.
template <class Rows>
void attend_tile(const float* q, uint32_t queries, const std::byte* keys, const std::byte* values,
                 uint32_t count, uint32_t k, float* state) {
  float scores[heads_together * attention_tile];
  for (uint32_t t = 0; t < count; t += tokens_together) {
    const uint32_t some = count - t < tokens_together ? count - t : tokens_together;
    score_heads<Rows, 4>(q, queries, keys + t * Rows::bytes(k), some, k, 0, scores + t);
  }
  for (uint32_t h = 0; h < queries; ++h) {
    soften(scores + h * attention_tile, count, k, state + uint64_t{h} * (k + 2));
  }
  for (uint32_t t = 0; t < count; t += tokens_together) {
    const uint32_t some = count - t < tokens_together ? count - t : tokens_together;
    weigh_heads<Rows, 4>(scores + t, queries, values + t * Rows::bytes(k), some, k, 0, state + 2);
  }
}

/// An AttendFunction.
template <class Rows>
void attend_rows(const float* q, uint32_t queries, const void* keys, const void* values, uint32_t tokens,
                 uint32_t k, float* state) {
  for (uint32_t head = 0; head < queries; ++head) {
    float* one = state + uint64_t{head} * (k + 2);
    one[0] = -3e38F;  // less than any score
    for (uint32_t i = 1; i < k + 2; ++i) one[i] = 0;
  }
  for (uint32_t t = 0; t < tokens; t += attention_tile) {  // a tile is read from memory once for 16 heads
    const uint32_t count = tokens - t < attention_tile ? tokens - t : attention_tile;
    const uint64_t at = t * Rows::bytes(k);
    for (uint32_t h = 0; h < queries; h += heads_together) {
      const uint32_t some = queries - h < heads_together ? queries - h : heads_together;
      attend_tile<Rows>(q + uint64_t{h} * k, some, static_cast<const std::byte*>(keys) + at,
                        static_cast<const std::byte*>(values) + at, count, k, state + uint64_t{h} * (k + 2));
    }
  }
}

constexpr AttendFunction attend = attend_rows<HalfRows>, attend_q8_0 = attend_rows<Q8Rows>;
