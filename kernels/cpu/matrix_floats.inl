// gemv and gemm over f32, f16 and bf16, in the words of an isa_*.h.

struct F32 {
  static constexpr FormatId id = FormatId::f32;
  static constexpr int bytes = 4;
  [[gnu::always_inline]] static inline RowFloats several(const std::byte* at) {
    return load_rows(reinterpret_cast<const float*>(at));
  }
  [[gnu::always_inline]] static inline float one(const std::byte* at) {
    float value;
    __builtin_memcpy(&value, at, 4);
    return value;
  }
};
struct F16 {
  static constexpr FormatId id = FormatId::f16;
  static constexpr int bytes = 2;
  [[gnu::always_inline]] static inline RowFloats several(const std::byte* at) { return load_halves(at); }
  [[gnu::always_inline]] static inline float one(const std::byte* at) { return half(at); }
};
struct Bf16 {
  static constexpr FormatId id = FormatId::bf16;
  static constexpr int bytes = 2;
  [[gnu::always_inline]] static inline RowFloats several(const std::byte* at) { return load_bf16(at); }
  [[gnu::always_inline]] static inline float one(const std::byte* at) {
    uint16_t bits;
    __builtin_memcpy(&bits, at, 2);
    const uint32_t wide = static_cast<uint32_t>(bits) << 16;
    float value;
    __builtin_memcpy(&value, &wide, 4);
    return value;
  }
};

template <class F>
static void gemv_floats(const MatrixWork& w, uint64_t first, uint64_t last) {
  constexpr uint32_t chains = 4;  // independent sums, so that adds do not wait for each other
  for (uint64_t row = first; row < last; ++row) {
    const std::byte* at = w.weights + row * w.row_bytes;
    RowFloats sums[chains];
    for (uint32_t c = 0; c < chains; ++c) sums[c] = all_floats(0);
    uint32_t i = 0;
    for (; i + chains * row_lanes <= w.k; i += chains * row_lanes) {
      for (uint32_t c = 0; c < chains; ++c) {
        const uint32_t j = i + c * row_lanes;
        sums[c] = add_product(sums[c], F::several(at + uint64_t{j} * F::bytes), load_rows(w.x + j));
      }
    }
    float rest = 0;
    for (; i < w.k; ++i) rest += F::one(at + uint64_t{i} * F::bytes) * w.x[i];
    for (uint32_t c = 0; c < chains; ++c) rest += sum_of(sums[c]);
    w.y[row] = rest;
  }
}

/// Adds (or, at the first panel of a row, sets) tokens' sums over a panel to Y.
template <int tokens>
[[gnu::always_inline]] static inline void add_to_y(const MatrixWork& w,
                                                   const RowFloats (&sums)[tokens][row_vectors], uint32_t t0,
                                                   bool set, uint64_t row, int rows) {
  for (int t = 0; t < tokens; ++t) {
    float* y = w.y + (t0 + uint64_t(t)) * w.m + row;
    for (int v = 0; v < row_vectors; ++v) {
      const int left = rows - v * row_lanes;
      if (left <= 0) break;
      RowFloats total = sums[t][v];
      if (!set) total = add_rows(total, load_some_rows(y + v * row_lanes, left));
      store_some_rows(y + v * row_lanes, total, static_cast<uint64_t>(left));
    }
  }
}

template <int tokens>
static void multiply_floats(const MatrixWork& w, const Panel& panel, uint32_t t0, uint32_t k0, uint32_t count,
                            uint64_t row, int rows) {
  RowFloats sums[tokens][row_vectors];
  for (int t = 0; t < tokens; ++t) {
    for (int v = 0; v < row_vectors; ++v) sums[t][v] = all_floats(0);
  }
  const float* x = w.x + uint64_t{t0} * w.k + k0;
  for (uint32_t i = 0; i < count; ++i) {
    for (int v = 0; v < row_vectors; ++v) {
      const RowFloats weights = load_rows(panel.floats + (i * row_vectors + v) * row_lanes);
      for (int t = 0; t < tokens; ++t) {
        sums[t][v] = add_product(sums[t][v], weights, all_floats(x[uint64_t{w.k} * t + i]));
      }
    }
  }
  add_to_y<tokens>(w, sums, t0, k0 == 0, row, rows);
}

template <class F>
static void gemm_floats(const MatrixWork& w, uint64_t first, uint64_t last, Panel& panel) {
  constexpr int rows_at_once = row_lanes * row_vectors;
  for (uint64_t row = first; row < last; row += rows_at_once) {
    const int rows = last - row < rows_at_once ? static_cast<int>(last - row) : rows_at_once;
    for (uint32_t k0 = 0; k0 < w.k; k0 += panel_values) {
      const uint32_t count = w.k - k0 < panel_values ? w.k - k0 : panel_values;
      for (int r = 0; r < rows_at_once; ++r) {
        const uint64_t from = row + static_cast<uint64_t>(r < rows ? r : rows - 1);
        const std::byte* at = w.weights + from * w.row_bytes + uint64_t{k0} * F::bytes;
        for (uint32_t i = 0; i < count; ++i) {
          panel.floats[i * rows_at_once + r] = F::one(at + uint64_t{i} * F::bytes);
        }
      }
      uint32_t t = 0;
      for (; t + tokens_together <= w.n; t += tokens_together) {
        multiply_floats<tokens_together>(w, panel, t, k0, count, row, rows);
      }
      for (; t < w.n; ++t) multiply_floats<1>(w, panel, t, k0, count, row, rows);
    }
  }
}
