// The operations over vectors of `lanes` floats. Included inside a per-ISA namespace and target region, which
// gives: lanes, multiply_add(F, F, F), sum(F), load_f16(const uint16_t*).
// (F and I are declared by the target file: vectors of `lanes` floats and int32.)

F all_lanes(float value) {
  return F{} + value;
}

F load(const float* from, uint32_t left) {
  F v{};
  if (left >= lanes) {
    __builtin_memcpy(&v, from, sizeof v);
  } else {
    for (uint32_t i = 0; i < left; ++i) v[i] = from[i];
  }
  return v;
}

void store(float* to, const F v, uint32_t left) {
  if (left >= lanes) {
    __builtin_memcpy(to, &v, sizeof v);
  } else {
    for (uint32_t i = 0; i < left; ++i) to[i] = v[i];
  }
}

F load_half(const uint16_t* from, uint32_t left) {
  if (left >= lanes) return load_f16(from);
  uint16_t padded[lanes] = {};
  for (uint32_t i = 0; i < left; ++i) padded[i] = from[i];
  return load_f16(padded);
}

float largest(const float* x, uint32_t count) {
  F best = all_lanes(x[0]);
  uint32_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const F v = load(x + i, lanes);
    best = v > best ? v : best;
  }
  float most = best[0];
  for (uint32_t lane = 1; lane < lanes; ++lane) most = best[lane] > most ? best[lane] : most;
  for (; i < count; ++i) most = x[i] > most ? x[i] : most;
  return most;
}

/// e^x = 2^n e^r with |r| <= ln2 / 2; the series of e^r to r^7 leaves 6e-9. Below -87 (the least normal
/// number is e^-87.3) it is 0, above 88 it is e^88.
F exp_of(F x) {
  const F high = all_lanes(88), low = all_lanes(-87);
  const F clamped = x > high ? high : (x < low ? low : x);
  const F magic = all_lanes(12582912.0F);  // 1.5 * 2^23: adding it rounds to a whole number
  const F n = multiply_add(clamped, all_lanes(1.44269504F), magic) - magic;
  F r = multiply_add(n, all_lanes(-0.693359375F), clamped);  // ln2 in two parts, the first with 9 bits
  r = multiply_add(n, all_lanes(2.12194440e-4F), r);
  F p = all_lanes(1.0F / 5040);
  p = multiply_add(p, r, all_lanes(1.0F / 720));
  p = multiply_add(p, r, all_lanes(1.0F / 120));
  p = multiply_add(p, r, all_lanes(1.0F / 24));
  p = multiply_add(p, r, all_lanes(1.0F / 6));
  p = multiply_add(p, r, all_lanes(0.5F));
  p = multiply_add(p, r, all_lanes(1));
  p = multiply_add(p, r, all_lanes(1));
  const I exponent = (__builtin_convertvector(n, I) + 127) << 23;
  return x < low ? F{} : p * reinterpret_cast<F>(exponent);
}

W word(const std::byte* at) {
  W w;
  __builtin_memcpy(&w, at, sizeof w);
  return w;
}

uint64_t stream_sum(const std::byte* data, uint64_t bytes) {
  constexpr uint64_t step = sizeof(W);
  W a{}, b{}, c{}, d{};
  uint64_t i = 0;
  for (; i + 4 * step <= bytes; i += 4 * step) {
    a += word(data + i);
    b += word(data + i + step);
    c += word(data + i + 2 * step);
    d += word(data + i + 3 * step);
  }
  for (; i + step <= bytes; i += step) a += word(data + i);
  a += b + c + d;
  uint64_t total = 0;
  for (uint32_t lane = 0; lane < step / 8; ++lane) total += a[lane];
  return total;
}

/// Scores of `count` tokens: q . key / sqrt(k).
void score(const float* q, const uint16_t* keys, uint32_t count, uint32_t k, float* scores) {
  const float scale = 1 / __builtin_sqrtf(static_cast<float>(k));
  for (uint32_t t = 0; t < count; ++t) {
    F dot{};
    for (uint32_t i = 0; i < k; i += lanes) {
      dot = multiply_add(load(q + i, k - i), load_half(keys + uint64_t{t} * k + i, k - i), dot);
    }
    scores[t] = sum(dot) * scale;
  }
}

/// Adds a tile of tokens to one query's state: the old part shrinks when a larger score turns up.
void add_tile(const float* scores, const uint16_t* values, uint32_t count, uint32_t k, float* state) {
  const float tile_largest = largest(scores, count);
  const float old = state[0], most = tile_largest > old ? tile_largest : old;
  const float shrink = exp_of(all_lanes(old - most))[0];
  float weights[attention_tile] = {};
  float weight_sum = 0;
  for (uint32_t t = 0; t < count; t += lanes) {
    store(weights + t, exp_of(load(scores + t, count - t) - most), count - t);
  }
  for (uint32_t t = 0; t < count; ++t) weight_sum += weights[t];
  state[0] = most;
  state[1] = state[1] * shrink + weight_sum;
  float* weighted = state + 2;
  for (uint32_t i = 0; i < k; i += lanes) {
    F total = load(weighted + i, k - i) * shrink;
    for (uint32_t t = 0; t < count; ++t) {
      total = multiply_add(all_lanes(weights[t]), load_half(values + uint64_t{t} * k + i, k - i), total);
    }
    store(weighted + i, total, k - i);
  }
}

void attend(const float* q, uint32_t queries, const uint16_t* keys, const uint16_t* values, uint32_t tokens,
            uint32_t k, float* state) {
  for (uint32_t head = 0; head < queries; ++head) {
    float* one = state + uint64_t{head} * (k + 2);
    one[0] = -3e38F;  // less than any score
    for (uint32_t i = 1; i < k + 2; ++i) one[i] = 0;
  }
  float scores[attention_tile];
  for (uint32_t t = 0; t < tokens; t += attention_tile) {  // a tile is read from memory once for all queries
    const uint32_t count = tokens - t < attention_tile ? tokens - t : attention_tile;
    const uint64_t at = uint64_t{t} * k;
    for (uint32_t head = 0; head < queries; ++head) {
      score(q + uint64_t{head} * k, keys + at, count, k, scores);
      add_tile(scores, values + at, count, k, state + uint64_t{head} * (k + 2));
    }
  }
}

void rms_norm(const float* a, const float* b, const float*, float* y, uint32_t k) {
  F squares{};
  for (uint32_t i = 0; i < k; i += lanes) {
    const F v = load(a + i, k - i);
    squares = multiply_add(v, v, squares);
  }
  const float scale = 1 / __builtin_sqrtf(sum(squares) / static_cast<float>(k) + norm_epsilon);
  for (uint32_t i = 0; i < k; i += lanes) {
    store(y + i, load(a + i, k - i) * scale * load(b + i, k - i), k - i);
  }
}

void layer_norm(const float* a, const float* b, const float* c, float* y, uint32_t k) {
  F total{};
  for (uint32_t i = 0; i < k; i += lanes) total += load(a + i, k - i);
  const float mean = sum(total) / static_cast<float>(k);
  float squares = 0;
  F square_lanes{};
  uint32_t i = 0;
  for (; i + lanes <= k; i += lanes) {
    const F v = load(a + i, lanes) - mean;
    square_lanes = multiply_add(v, v, square_lanes);
  }
  for (; i < k; ++i) squares += (a[i] - mean) * (a[i] - mean);
  squares += sum(square_lanes);
  const float scale = 1 / __builtin_sqrtf(squares / static_cast<float>(k) + norm_epsilon);
  for (i = 0; i < k; i += lanes) {
    const F v = (load(a + i, k - i) - mean) * scale;
    store(y + i, multiply_add(v, load(b + i, k - i), load(c + i, k - i)), k - i);
  }
}

void rope(const float* a, const float* b, const float* c, float* y, uint32_t k) {
  const uint32_t half = k / 2;
  for (uint32_t i = 0; i < half; i += lanes) {
    const uint32_t left = half - i;
    const F first = load(a + i, left), second = load(a + half + i, left);
    const F cosine = load(b + i, left), sine = load(c + i, left);
    store(y + i, first * cosine - second * sine, left);
    store(y + half + i, first * sine + second * cosine, left);
  }
}

void softmax(const float* a, const float*, const float*, float* y, uint32_t k) {
  const float most = largest(a, k);
  F total{};
  for (uint32_t i = 0; i + lanes <= k; i += lanes) {
    const F v = exp_of(load(a + i, lanes) - most);
    store(y + i, v, lanes);
    total += v;
  }
  float rest = 0;
  for (uint32_t i = k / lanes * lanes; i < k; ++i) rest += y[i] = exp_of(all_lanes(a[i] - most))[0];
  const float scale = 1 / (sum(total) + rest);
  for (uint32_t i = 0; i < k; i += lanes) store(y + i, load(y + i, k - i) * scale, k - i);
}

void swiglu(const float* a, const float* b, const float*, float* y, uint32_t k) {
  for (uint32_t i = 0; i < k; i += lanes) {
    const F gate = load(a + i, k - i);
    store(y + i, gate / (1 + exp_of(-gate)) * load(b + i, k - i), k - i);
  }
}

/// x (1 + tanh(u)) / 2 = x / (1 + e^-2u), u = sqrt(2 / pi) (x + 0.044715 x^3): Hendrycks and Gimpel 2016.
void gelu(const float* a, const float*, const float*, float* y, uint32_t k) {
  for (uint32_t i = 0; i < k; i += lanes) {
    const F x = load(a + i, k - i);
    const F u = 0.7978845608F * x * (1 + 0.044715F * x * x);
    store(y + i, x / (1 + exp_of(-2 * u)), k - i);
  }
}
