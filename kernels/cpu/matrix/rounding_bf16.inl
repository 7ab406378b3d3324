// Rounding of activations to bf16.

/// Rounds groups [first, last) of X, of `activation_group` values each; the last one may be a part.
static void round_to_bf16(const MatrixWork& w, uint64_t first, uint64_t last) {
  const uint64_t values = uint64_t{w.n} * w.k;
  uint64_t i = first * activation_group;
  const uint64_t end = last * activation_group < values ? last * activation_group : values;
  for (; i + lanes <= end; i += lanes) store_bf16(w.bf16 + i, load_f32(w.x + i));
  for (; i < end; ++i) w.bf16[i] = float_to_bf16(w.x[i]);
}
