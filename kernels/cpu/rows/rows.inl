// The small operations between matrices. Each goes over its row of k values once to three times, a vector at
// a time, and the row stays in the nearest cache in between. Bound by reading the values and writing the
// results once each; exp (softmax, SwiGLU, GELU) takes about 20 instructions a vector, which bounds an
// operation whose row comes from a cache. What `a`, `b` and `c` are stands beside each member of
// OpsFunctions.

WEIGHIN_WORD F32 add(F32 a, F32 b) {
  return a + b;
}
WEIGHIN_WORD F32 add_square(F32 total, F32 v) {
  return multiply_add(v, v, total);
}

/// The mean square of the distances of `count` values from `centre`.
float mean_square(const float* x, uint32_t count, float centre) {
  const uint32_t whole = count / lanes * lanes;
  float total = sum(fold<add_square, add>(x, whole, centre, F32{}));
  for (uint32_t i = whole; i < count; ++i) total += (x[i] - centre) * (x[i] - centre);
  return total / static_cast<float>(count);
}

void rms_norm(const float* a, const float* b, const float* c, float* y, uint32_t k) {
  const float scale = 1 / __builtin_sqrtf(mean_square(a, k, 0) + (c ? *c : norm_epsilon));
  for (uint32_t i = 0; i < k; i += lanes) {
    store_f32(y + i, load_f32(a + i, k - i) * scale * load_f32(b + i, k - i), k - i);
  }
}

void layer_norm(const float* a, const float* b, const float* c, float* y, uint32_t k) {
  const uint32_t whole = k / lanes * lanes;
  float total = sum(fold<add, add>(a, whole, 0, F32{}));
  for (uint32_t i = whole; i < k; ++i) total += a[i];
  const float mean = total / static_cast<float>(k);
  const float scale = 1 / __builtin_sqrtf(mean_square(a, k, mean) + norm_epsilon);
  for (uint32_t i = 0; i < k; i += lanes) {
    const F32 v = (load_f32(a + i, k - i) - mean) * scale;
    store_f32(y + i, multiply_add(v, load_f32(b + i, k - i), load_f32(c + i, k - i)), k - i);
  }
}

void rope(const float* a, const float* b, const float* c, float* y, uint32_t k) {
  const uint32_t half = k / 2;
  for (uint32_t i = 0; i < half; i += lanes) {
    const uint32_t left = half - i;
    const F32 first = load_f32(a + i, left), second = load_f32(a + half + i, left);
    const F32 cosine = load_f32(b + i, left), sine = load_f32(c + i, left);
    store_f32(y + i, first * cosine - second * sine, left);
    store_f32(y + half + i, first * sine + second * cosine, left);
  }
}

void softmax(const float* a, const float*, const float*, float* y, uint32_t k) {
  const float most = largest(a, k);
  const uint32_t whole = k / lanes * lanes;
  F32 total{};
  for (uint32_t i = 0; i < whole; i += lanes) {
    const F32 v = exp_of(load_f32(a + i) - most);
    store_f32(y + i, v);
    total += v;
  }
  float rest = 0;
  for (uint32_t i = whole; i < k; ++i) rest += y[i] = exp_of(all_f32(a[i] - most))[0];
  const float scale = 1 / (sum(total) + rest);
  for (uint32_t i = 0; i < k; i += lanes) store_f32(y + i, load_f32(y + i, k - i) * scale, k - i);
}

void swiglu(const float* a, const float* b, const float*, float* y, uint32_t k) {
  for (uint32_t i = 0; i < k; i += lanes) {
    const F32 gate = load_f32(a + i, k - i);
    store_f32(y + i, gate / (1 + exp_of(-gate)) * load_f32(b + i, k - i), k - i);
  }
}

/// x (1 + tanh(u)) / 2 = x / (1 + e^-2u), u = sqrt(2 / pi) (x + 0.044715 x^3): Hendrycks and Gimpel 2016.
void gelu(const float* a, const float*, const float*, float* y, uint32_t k) {
  for (uint32_t i = 0; i < k; i += lanes) {
    const F32 x = load_f32(a + i, k - i);
    const F32 u = 0.7978845608F * x * (1 + 0.044715F * x * x);
    store_f32(y + i, x / (1 + exp_of(-2 * u)), k - i);
  }
}
