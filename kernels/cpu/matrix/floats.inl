// gemv over weights of f32, f16 and bf16.

template <FormatId format>
struct FloatFormat;
template <>
struct FloatFormat<FormatId::f32> {
  static constexpr int bytes = 4;
  WEIGHIN_WORD F32 vector(const std::byte* at) { return load_f32(at); }
  WEIGHIN_WORD float one(const std::byte* at) {
    float value;
    __builtin_memcpy(&value, at, 4);
    return value;
  }
};
template <>
struct FloatFormat<FormatId::f16> {
  static constexpr int bytes = 2;
  WEIGHIN_WORD F32 vector(const std::byte* at) { return load_f16(at); }
  WEIGHIN_WORD float one(const std::byte* at) { return one_f16(at); }
};
template <>
struct FloatFormat<FormatId::bf16> {
  static constexpr int bytes = 2;
  WEIGHIN_WORD F32 vector(const std::byte* at) { return load_bf16(at); }
  WEIGHIN_WORD float one(const std::byte* at) { return bf16_to_float(load_u16(at)); }
};

/// y of `rows` plain rows, [rows][k] times x[k]. Each vector of x that is loaded serves all rows, because x
/// does not stay in the level-1 cache while the weights stream through it. The rows are as many streams, each
/// read by whole registers, and their sums do not wait for each other. Bound by reading the weights. Where
/// `asks`, each stream asks for weights that are read later, as w.ahead says.
template <class Format, int rows, bool asks>
WEIGHIN_WORD void dot_rows(const MatrixWork& w, uint64_t row) {
  const std::byte* at = w.weights + row * w.row_bytes;
  F32 sums[rows];
  for (int r = 0; r < rows; ++r) sums[r] = all_f32(0);
  uint32_t i = 0;
  for (; i + 2 * lanes <= w.k; i += 2 * lanes) {
    const F32 x0 = load_f32(w.x + i), x1 = load_f32(w.x + i + lanes);
    for (int r = 0; r < rows; ++r) {
      const std::byte* weights = at + uint64_t(r) * w.row_bytes + uint64_t{i} * Format::bytes;
      if constexpr (asks) ask_for<2 * lanes * Format::bytes>(weights, w.ahead);
      sums[r] = multiply_add(Format::vector(weights), x0, sums[r]);
      sums[r] = multiply_add(Format::vector(weights + lanes * Format::bytes), x1, sums[r]);
    }
  }
  for (int r = 0; r < rows; ++r) {
    float total = sum(sums[r]);
    const std::byte* weights = at + uint64_t(r) * w.row_bytes;
    for (uint32_t j = i; j < w.k; ++j) total += Format::one(weights + uint64_t{j} * Format::bytes) * w.x[j];
    w.y[row + uint64_t(r)] = total;
  }
}

/// Plain rows that gemv reads side by side.
constexpr int plain_float_rows = 8;

template <class Format, bool asks>
static void gemv_plain_float_rows(const MatrixWork& w, uint64_t first, uint64_t last) {
  uint64_t row = first;
  for (; row + plain_float_rows <= last; row += plain_float_rows)
    dot_rows<Format, plain_float_rows, asks>(w, row);
  for (; row < last; ++row) dot_rows<Format, 1, asks>(w, row);
}

template <class Format>
static void gemv_plain_floats(const MatrixWork& w, uint64_t first, uint64_t last) {
  if (w.ahead.bytes == 0) return gemv_plain_float_rows<Format, false>(w, first, last);
  gemv_plain_float_rows<Format, true>(w, first, last);
}

/// The sums of a unit's rows. A unit of packed floats (packing.h) is one value of each of `rows_together`
/// rows.
template <class Format>
struct UnitSums {
  F32 sums[row_vectors] = {};
  /// Adds the products of a unit with one x.
  WEIGHIN_INLINE void add(const std::byte* unit, float x) {
    for (int v = 0; v < row_vectors; ++v) {
      sums[v] = multiply_add(Format::vector(unit + v * lanes * Format::bytes), all_f32(x), sums[v]);
    }
  }
  WEIGHIN_INLINE void add(const UnitSums& other) {
    for (int v = 0; v < row_vectors; ++v) sums[v] += other.sums[v];
  }
  /// The sums of vector v of the unit's rows.
  WEIGHIN_INLINE F32 rows(int v) const { return sums[v]; }
};
#ifdef WEIGHIN_UNIT_SUMS
template <>
struct UnitSums<FloatFormat<FormatId::f16>> : F16UnitSums {};
template <>
struct UnitSums<FloatFormat<FormatId::bf16>> : Bf16UnitSums {};
#endif

/// y[rows] = W x. Units are read in the order in which they lie in memory, one stream a thread. An x that is
/// broadcast serves a whole unit, so that x is read once for `rows_together` rows, and nothing is summed
/// across lanes. Four values in turn have sums of their own, so that no product waits for the one before.
/// Bound by reading the weights. Where `asks`, it asks for units that are read later, as w.ahead says.
template <class Format, bool asks>
static void gemv_float_units(const MatrixWork& w, uint64_t first, uint64_t last) {
  constexpr int chains = 4, unit_bytes = rows_together * Format::bytes;
  for (uint64_t row = first; row < last; row += rows_together) {
    const std::byte* unit = w.weights + row * w.row_bytes;
    const float *x = w.x, *const x_end = x + w.k;
    UnitSums<Format> sums[chains];
    for (; x + chains <= x_end; x += chains, unit += chains * unit_bytes) {
      if constexpr (asks) ask_for<chains * unit_bytes>(unit, w.ahead);
#pragma GCC unroll 4
      for (int c = 0; c < chains; ++c) sums[c].add(unit + c * unit_bytes, x[c]);
    }
    for (; x < x_end; ++x, unit += unit_bytes) sums[0].add(unit, *x);
    for (int c = 1; c < chains; ++c) sums[0].add(sums[c]);
    for (int v = 0; v < row_vectors; ++v) {
      const uint64_t at = row + uint64_t(v) * lanes;
      if (at < w.m) store_f32(w.y + at, sums[0].rows(v), w.m - at);
    }
  }
}

template <class Format>
static void gemv_packed_floats(const MatrixWork& w, uint64_t first, uint64_t last) {
  if (w.ahead.bytes == 0) return gemv_float_units<Format, false>(w, first, last);
  gemv_float_units<Format, true>(w, first, last);
}

/// One plain row of k values as f32.
template <class Format>
static void decode_floats(const std::byte* row, float* values, uint32_t k) {
  uint32_t i = 0;
  for (; i + lanes <= k; i += lanes) store_f32(values + i, Format::vector(row + uint64_t{i} * Format::bytes));
  for (; i < k; ++i) values[i] = Format::one(row + uint64_t{i} * Format::bytes);
}
