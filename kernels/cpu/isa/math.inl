// Functions that are made of the words, and that several operations share.

/// e^x = 2^n e^r with |r| <= ln2 / 2. The series of e^r up to r^7 is off by 6e-9. Below -87 the result is 0
/// (the least normal number is e^-87.3), and above 88 it is e^88.
WEIGHIN_WORD F32 exp_of(F32 x) {
  const F32 low = all_f32(-87), clamped = larger(low, smaller(all_f32(88), x));
  const F32 magic = all_f32(12582912.0F);  // 1.5 * 2^23: adding it rounds to a whole number, in the low bits
  const F32 shifted = multiply_add(clamped, all_f32(1.44269504F), magic), n = shifted - magic;
  F32 r = multiply_add(n, all_f32(-0.693359375F), clamped);  // ln2 in two parts, the first with 9 bits
  r = multiply_add(n, all_f32(2.12194440e-4F), r);
  F32 p = all_f32(1.0F / 5040);
  p = multiply_add(p, r, all_f32(1.0F / 720));
  p = multiply_add(p, r, all_f32(1.0F / 120));
  p = multiply_add(p, r, all_f32(1.0F / 24));
  p = multiply_add(p, r, all_f32(1.0F / 6));
  p = multiply_add(p, r, all_f32(0.5F));
  p = multiply_add(p, r, all_f32(1));
  p = multiply_add(p, r, all_f32(1));
  const I32 exponent = (as_i32(shifted) + 127) << 23;
  return x < low ? F32{} : p * as_f32(exponent);
}

/// Folds the distances of `count` values (whole vectors) from `centre` into four vectors by `step`, and these
/// by `join`. One vector alone would wait for its own last step. Bound by reading the values.
template <auto step, auto join>
F32 fold(const float* x, uint32_t count, float centre, F32 start) {
  F32 a = start, b = start, c = start, d = start;
  uint32_t i = 0;
  for (; i + 4 * lanes <= count; i += 4 * lanes) {
    a = step(a, load_f32(x + i) - centre);
    b = step(b, load_f32(x + i + lanes) - centre);
    c = step(c, load_f32(x + i + 2 * lanes) - centre);
    d = step(d, load_f32(x + i + 3 * lanes) - centre);
  }
  for (; i < count; i += lanes) a = step(a, load_f32(x + i) - centre);
  return join(join(a, b), join(c, d));
}

/// The largest of `count` values, at least one.
float largest(const float* x, uint32_t count) {
  const uint32_t whole = count / lanes * lanes;
  float most = largest_lane(fold<larger, larger>(x, whole, 0, all_f32(x[0])));
  for (uint32_t i = whole; i < count; ++i) most = x[i] > most ? x[i] : most;
  return most;
}
