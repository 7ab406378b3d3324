// The small operations and the read loop over vectors of `lanes` floats, and what attention shares with them.
// Included inside a per-ISA namespace and target region, which gives the words:
//   lanes, F, I, W                 vectors of `lanes` floats and int32, and of as many bytes in 64-bit words
//   multiply_add, larger, smaller  of each lane; of a NaN and a number the second operand
//   sum(F), largest_lane(F)        over the lanes
//   load_part, store_part          the first `count` (fewer than `lanes`) values; the others are 0, stay as
//                                  they are

WEIGHIN_WORD F all_lanes(float value) {
  return value - F{};  // not F{} + value, which is another number for -0: an addition the compiler keeps
}

WEIGHIN_WORD F load(const float* from) {
  F v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

WEIGHIN_WORD void store(float* to, F v) {
  __builtin_memcpy(to, &v, sizeof v);
}

/// The `left` values that a row still has, at most a vector.
WEIGHIN_WORD F load(const float* from, uint32_t left) {
  return left >= lanes ? load(from) : load_part(from, left);
}

WEIGHIN_WORD void store(float* to, F v, uint32_t left) {
  if (left >= lanes) {
    store(to, v);
  } else {
    store_part(to, v, left);
  }
}

/// e^x = 2^n e^r with |r| <= ln2 / 2; the series of e^r to r^7 leaves 6e-9. Below -87 (the least normal
/// number is e^-87.3) it is 0, above 88 it is e^88.
WEIGHIN_WORD F exp_of(F x) {
  const F low = all_lanes(-87), clamped = larger(low, smaller(all_lanes(88), x));
  const F magic = all_lanes(12582912.0F);  // 1.5 * 2^23: adding it rounds to a whole number, in the low bits
  const F shifted = multiply_add(clamped, all_lanes(1.44269504F), magic), n = shifted - magic;
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
  const I exponent = (reinterpret_cast<I>(shifted) + 127) << 23;
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

WEIGHIN_WORD F add(F a, F b) {
  return a + b;
}
WEIGHIN_WORD F add_square(F total, F v) {
  return multiply_add(v, v, total);
}

/// Folds the distances of `count` values (whole vectors) from `centre` into four vectors by `step`, and these
/// by `join`: one alone would wait for its own last step. Bound by reading the values.
template <auto step, auto join>
F fold(const float* x, uint32_t count, float centre, F start) {
  F a = start, b = start, c = start, d = start;
  uint32_t i = 0;
  for (; i + 4 * lanes <= count; i += 4 * lanes) {
    a = step(a, load(x + i) - centre);
    b = step(b, load(x + i + lanes) - centre);
    c = step(c, load(x + i + 2 * lanes) - centre);
    d = step(d, load(x + i + 3 * lanes) - centre);
  }
  for (; i < count; i += lanes) a = step(a, load(x + i) - centre);
  return join(join(a, b), join(c, d));
}

float largest(const float* x, uint32_t count) {
  const uint32_t whole = count / lanes * lanes;
  float most = largest_lane(fold<larger, larger>(x, whole, 0, all_lanes(x[0])));
  for (uint32_t i = whole; i < count; ++i) most = x[i] > most ? x[i] : most;
  return most;
}

float mean_square(const float* x, uint32_t count, float centre) {
  const uint32_t whole = count / lanes * lanes;
  float total = sum(fold<add_square, add>(x, whole, centre, F{}));
  for (uint32_t i = whole; i < count; ++i) total += (x[i] - centre) * (x[i] - centre);
  return total / static_cast<float>(count);
}

// Each row operation below goes over its row of k values once to three times, a vector at a time; the row
// stays in the nearest cache between passes. Values and results, once each, are what bounds them; exp
// (softmax, SwiGLU, GELU) takes about 20 instructions a vector, which bounds them where the row comes from a
// cache.

void rms_norm(const float* a, const float* b, const float* c, float* y, uint32_t k) {
  const float scale = 1 / __builtin_sqrtf(mean_square(a, k, 0) + (c ? *c : norm_epsilon));
  for (uint32_t i = 0; i < k; i += lanes) {
    store(y + i, load(a + i, k - i) * scale * load(b + i, k - i), k - i);
  }
}

void layer_norm(const float* a, const float* b, const float* c, float* y, uint32_t k) {
  const uint32_t whole = k / lanes * lanes;
  float total = sum(fold<add, add>(a, whole, 0, F{}));
  for (uint32_t i = whole; i < k; ++i) total += a[i];
  const float mean = total / static_cast<float>(k);
  const float scale = 1 / __builtin_sqrtf(mean_square(a, k, mean) + norm_epsilon);
  for (uint32_t i = 0; i < k; i += lanes) {
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
  const uint32_t whole = k / lanes * lanes;
  F total{};
  for (uint32_t i = 0; i < whole; i += lanes) {
    const F v = exp_of(load(a + i) - most);
    store(y + i, v);
    total += v;
  }
  float rest = 0;
  for (uint32_t i = whole; i < k; ++i) rest += y[i] = exp_of(all_lanes(a[i] - most))[0];
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
