// Rounding of activations to int8 (activations.h), in plain C++ that compilers vectorize.

/// Rounds `count` values of one row of X, from index `first` on, to the nearest of 255 steps, and adds their
/// sums. `inverse` is the reciprocal of the step, or 0, which makes all values 0.
template <uint32_t count>
WEIGHIN_WORD void round_values(const MatrixWork& w, uint64_t first, float inverse) {
  // In arrays of its own, since the compiler must assume that a write of bytes changes what is read.
  float x[count];
  int8_t q[count];
  __builtin_memcpy(x, w.x + first, sizeof x);
  for (uint32_t i = 0; i < count; ++i) {
    // Adding and subtracting 1.5 * 2^23 rounds a float below 2^22 to the nearest whole number.
    q[i] = static_cast<int8_t>(static_cast<int32_t>((x[i] * inverse + 0x1.8p23F) - 0x1.8p23F));
  }
  const uint64_t token = w.n == 1 ? 0 : first / w.k, row_start = token * w.k;
  __builtin_memcpy(w.quantized + quantized_at(w.n, w.k, token, static_cast<uint32_t>(first - row_start)), q,
                   sizeof q);
  int16_t* sums = w.sums + first / sum_group;
  for (uint32_t h = 0; h < count / sum_group; ++h) {
    int32_t sum = 0;
    for (uint32_t i = h * sum_group; i < (h + 1) * sum_group; ++i) sum += q[i];
    sums[h] = static_cast<int16_t>(sum);
  }
  for (uint32_t g = 0; g < count / 32; ++g) {
    const int32_t sum = sums[2 * g] + sums[2 * g + 1];
    w.group_sums[first / 32 + g] = static_cast<int16_t>(sum);
    w.min_factors[first / 32 + g] = -static_cast<float>(sum);
  }
}

/// The bits of the largest absolute value among `count` values. They are compared as integers, which
/// vectorizes.
template <uint32_t count>
WEIGHIN_WORD uint32_t largest_bits_of(const float* x) {
  uint32_t bits[count], largest = 0;
  __builtin_memcpy(bits, x, sizeof bits);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t size = bits[i] & 0x7fffffff;
    largest = size > largest ? size : largest;
  }
  return largest;
}

/// Sets the scale of a span whose largest absolute value has `bits`, and returns what its values are
/// multiplied with. A span of zeros, or of less than least_activation, has scale 0.
WEIGHIN_WORD float inverse_scale(uint32_t bits, float& scale) {
  float largest;
  __builtin_memcpy(&largest, &bits, sizeof largest);
  const bool none = largest < least_activation;
  scale = none ? 0 : largest / 127;
  return none ? 0 : 127 / largest;
}

/// Rounds spans [first, last) of X, of `span` values each.
template <uint32_t span>
static void round_to_int8(const MatrixWork& w, uint64_t first, uint64_t last) {
  for (uint64_t group = first; group < last; ++group) {
    const float inverse = inverse_scale(largest_bits_of<span>(w.x + group * span), w.scales[group]);
    round_values<span>(w, group * span, inverse);
  }
}

/// Rounds rows [first, last) of X, of k values and one scale each. k is a whole number of groups.
static void round_rows_to_int8(const MatrixWork& w, uint64_t first, uint64_t last) {
  for (uint64_t row = first; row < last; ++row) {
    const float* x = w.x + row * w.k;
    uint32_t largest = 0;
    for (uint32_t i = 0; i < w.k; i += 32) {
      const uint32_t of_group = largest_bits_of<32>(x + i);
      largest = of_group > largest ? of_group : largest;
    }
    const float inverse = inverse_scale(largest, w.scales[row]);
    for (uint32_t i = 0; i < w.k; i += 32) round_values<32>(w, row * w.k + i, inverse);
  }
}

using RoundFunction = void (*)(const MatrixWork&, uint64_t, uint64_t);

/// What rounds the activations of a quantized format.
constexpr RoundFunction rounding_to(Activations activations) {
  if (activations == Activations::int8_row) return round_rows_to_int8;
  return activations == Activations::int8_block ? round_to_int8<activation_block>
                                                : round_to_int8<activation_group>;
}
