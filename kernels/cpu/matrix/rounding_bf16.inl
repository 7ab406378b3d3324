// Rounding activations to bf16, in the words of an isa/*.h.

static void round_to_bf16(const MatrixWork& w, uint64_t first, uint64_t last) {
  const uint64_t values = uint64_t{w.n} * w.k;
  uint64_t i = first * activation_group;
  const uint64_t end = last * activation_group < values ? last * activation_group : values;
  for (; i + row_lanes <= end; i += row_lanes) store_bf16(w.bf16 + i, load_rows(w.x + i));
  for (; i < end; ++i) w.bf16[i] = float_to_bf16(w.x[i]);
}
