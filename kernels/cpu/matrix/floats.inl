// gemv over f32, f16 and bf16, in the words of an isa/*.h.

template <FormatId format>
struct FloatFormat;
template <>
struct FloatFormat<FormatId::f32> {
  static constexpr int bytes = 4;
  [[gnu::always_inline]] static inline RowFloats some(const std::byte* at) {
    return load_rows(reinterpret_cast<const float*>(at));
  }
  [[gnu::always_inline]] static inline float one(const std::byte* at) {
    float value;
    __builtin_memcpy(&value, at, 4);
    return value;
  }
};
template <>
struct FloatFormat<FormatId::f16> {
  static constexpr int bytes = 2;
  [[gnu::always_inline]] static inline RowFloats some(const std::byte* at) { return load_halves(at); }
  [[gnu::always_inline]] static inline float one(const std::byte* at) { return half(at); }
};
template <>
struct FloatFormat<FormatId::bf16> {
  static constexpr int bytes = 2;
  [[gnu::always_inline]] static inline RowFloats some(const std::byte* at) { return load_bf16(at); }
  [[gnu::always_inline]] static inline float one(const std::byte* at) {
    uint16_t bits;
    __builtin_memcpy(&bits, at, 2);
    const uint32_t wide = static_cast<uint32_t>(bits) << 16;
    float value;
    __builtin_memcpy(&value, &wide, 4);
    return value;
  }
};

/// y of `rows` plain rows, [rows][k] times x[k]: each x that is loaded serves all of them, because x, with
/// the weights streaming by, does not stay in the level-1 cache. They are as many streams, each read by whole
/// registers; the rows' sums do not wait for each other. Bound by reading the weights.
template <class F, int rows>
[[gnu::always_inline]] static inline void dot_rows(const MatrixWork& w, uint64_t row) {
  const std::byte* at = w.weights + row * w.row_bytes;
  RowFloats sums[rows];
  for (int r = 0; r < rows; ++r) sums[r] = all_floats(0);
  uint32_t i = 0;
  for (; i + 2 * row_lanes <= w.k; i += 2 * row_lanes) {
    const RowFloats x0 = load_rows(w.x + i), x1 = load_rows(w.x + i + row_lanes);
    for (int r = 0; r < rows; ++r) {
      const std::byte* weights = at + uint64_t(r) * w.row_bytes + uint64_t{i} * F::bytes;
      sums[r] = add_product(sums[r], F::some(weights), x0);
      sums[r] = add_product(sums[r], F::some(weights + row_lanes * F::bytes), x1);
    }
  }
  for (int r = 0; r < rows; ++r) {
    float total = sum_of(sums[r]);
    const std::byte* weights = at + uint64_t(r) * w.row_bytes;
    for (uint32_t j = i; j < w.k; ++j) total += F::one(weights + uint64_t{j} * F::bytes) * w.x[j];
    w.y[row + uint64_t(r)] = total;
  }
}

constexpr int float_rows = 8;

template <class F>
static void gemv_plain_floats(const MatrixWork& w, uint64_t first, uint64_t last) {
  uint64_t row = first;
  for (; row + float_rows <= last; row += float_rows) dot_rows<F, float_rows>(w, row);
  for (; row < last; ++row) dot_rows<F, 1>(w, row);
}

/// Rows of a unit of packed floats (packing.h), which is one value of each: two registers of them, and the
/// panel of a gemm.
constexpr int unit_rows = row_lanes * row_vectors;

/// A unit's sums over the values of k. Sets may have a cheaper way for a format, rows in another order.
template <class F>
struct UnitSums {
  RowFloats sums[row_vectors];
  [[gnu::always_inline]] inline UnitSums() {
    for (RowFloats& sum : sums) sum = all_floats(0);
  }
  /// Adds the products of a unit with one x.
  [[gnu::always_inline]] inline void add(const std::byte* unit, float x) {
    for (int v = 0; v < row_vectors; ++v) {
      sums[v] = add_product(sums[v], F::some(unit + v * row_lanes * F::bytes), all_floats(x));
    }
  }
  [[gnu::always_inline]] inline void add(const UnitSums& other) {
    for (int v = 0; v < row_vectors; ++v) sums[v] = add_rows(sums[v], other.sums[v]);
  }
  /// Those of register v of the unit's rows.
  [[gnu::always_inline]] inline RowFloats rows(int v) const { return sums[v]; }
};

/// y[rows] = W x: units in the order they lie in memory, one stream a thread. An x that is broadcast serves a
/// whole unit, so that x, which streams by with the weights, is read once for unit_rows rows; nothing is
/// summed across lanes. Four values in turn have sums of their own, so that no product waits for the one
/// before. Bound by reading the weights.
template <class F>
static void gemv_packed_floats(const MatrixWork& w, uint64_t first, uint64_t last) {
  constexpr int chains = 4, unit_bytes = unit_rows * F::bytes;
  for (uint64_t row = first; row < last; row += unit_rows) {
    const std::byte* unit = w.weights + row * w.row_bytes;
    const float *x = w.x, *const x_end = x + w.k;
    UnitSums<F> sums[chains];
    for (; x + chains <= x_end; x += chains, unit += chains * unit_bytes) {
#pragma GCC unroll 4
      for (int c = 0; c < chains; ++c) sums[c].add(unit + c * unit_bytes, x[c]);
    }
    for (; x < x_end; ++x, unit += unit_bytes) sums[0].add(unit, *x);
    for (int c = 1; c < chains; ++c) sums[0].add(sums[c]);
    for (int v = 0; v < row_vectors; ++v) {
      const uint64_t at = row + uint64_t(v) * row_lanes;
      if (at < w.m) store_some_rows(w.y + at, sums[0].rows(v), w.m - at);
    }
  }
}
