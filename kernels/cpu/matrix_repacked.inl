// gemv and gemm over packed weights (packing.h), in the words of an isa_*.h. A unit holds one block of each
// of row_lanes rows; a word of it is 4 values of each row, so that one register is row_lanes rows, a dot
// product adds within a lane, and nothing is summed across lanes. Per group of 32 values: 8 words, and a
// scale (two for q6_K) and perhaps a min of each row, as vectors over the rows.

/// q of the 8 words of group `g`; scale and min of each row, by group and half.
struct PackedQ8_0 {
  using Plain = Q8_0;
  [[gnu::always_inline]] static inline void words(const std::byte* unit, int, RowBytes (&q)[8]) {
    const std::byte* at = unit + 2 * row_lanes;
    for (int i = 0; i < 8; ++i) q[i] = load_row_bytes(at + 4 * row_lanes * i);
  }
  [[gnu::always_inline]] static inline RowFloats scale(const std::byte* unit, int, int) {
    return load_halves(unit);
  }
};

struct PackedQ4_0 {
  using Plain = Q4_0;
  [[gnu::always_inline]] static inline void words(const std::byte* unit, int, RowBytes (&q)[8]) {
    const std::byte* at = unit + 2 * row_lanes;
    for (int i = 0; i < 4; ++i) {
      const RowBytes both = load_row_bytes(at + 4 * row_lanes * i);
      q[i] = row_nibble<0>(both);
      q[i + 4] = row_nibble<4>(both);
    }
  }
  [[gnu::always_inline]] static inline RowFloats scale(const std::byte* unit, int, int) {
    return load_halves(unit);
  }
};

struct PackedQ4_K {
  using Plain = Q4_K;
  static constexpr int scales_at = 4 * row_lanes, words_at = 16 * row_lanes;
  [[gnu::always_inline]] static inline void words(const std::byte* unit, int g, RowBytes (&q)[8]) {
    const std::byte* at = unit + words_at + 32 * row_lanes * (g / 2);
    for (int i = 0; i < 8; ++i) {
      const RowBytes both = load_row_bytes(at + 4 * row_lanes * i);
      q[i] = g % 2 ? row_nibble<4>(both) : row_nibble<0>(both);
    }
  }
  /// Byte g of a row: 6 bits of scale, the low 2 of min; half of byte 8 + g / 2: the high 4 of min.
  [[gnu::always_inline]] static inline RowFloats scale(const std::byte* unit, int g, int) {
    const RowInts low = load_row_u8(unit + scales_at + row_lanes * g);
    return times(to_floats(int_and(low, 63)), load_halves(unit));
  }
  [[gnu::always_inline]] static inline RowFloats min(const std::byte* unit, int g) {
    const RowInts low = load_row_u8(unit + scales_at + row_lanes * g);
    const RowInts high = load_row_u8(unit + scales_at + row_lanes * (8 + g / 2));
    const RowInts four = int_and(g % 2 ? int_right<4>(high) : high, 15);
    return times(to_floats(int_or(int_right<6>(low), int_left<2>(four))), load_halves(unit + 2 * row_lanes));
  }
};

struct PackedQ6_K {
  using Plain = Q6_K;
  static constexpr int scales_at = 2 * row_lanes, words_at = 18 * row_lanes;
  [[gnu::always_inline]] static inline void words(const std::byte* unit, int g, RowBytes (&q)[8]) {
    const std::byte* at = unit + words_at + 24 * row_lanes * g;
    for (int i = 0; i < 8; i += 4, at += 12 * row_lanes) {
      const RowBytes a = load_row_bytes(at), b = load_row_bytes(at + 4 * row_lanes);
      const RowBytes c = load_row_bytes(at + 8 * row_lanes);
      q[i] = row_six(a);
      q[i + 1] = row_six(b);
      q[i + 2] = row_six(c);
      q[i + 3] = row_top_pairs(a, b, c);
    }
  }
  [[gnu::always_inline]] static inline RowInts int_scale(const std::byte* unit, int g, int h) {
    return load_row_i8(unit + scales_at + row_lanes * (2 * g + h));
  }
  [[gnu::always_inline]] static inline RowFloats scale(const std::byte* unit, int g, int h) {
    return times(to_floats(int_scale(unit, g, h)), load_halves(unit));
  }
};

/// Adds to `sum` what one group of 32 values gives each row: scale * (u . x - offset * sum(x)) - min *
/// sum(x).
template <class P>
[[gnu::always_inline]] static inline RowFloats add_group(RowFloats sum, const std::byte* unit, int g,
                                                         const int8_t* x, const int32_t* sums,
                                                         float min_factor) {
  using F = typename P::Plain;
  constexpr int steps = 8 / F::halves;
  RowBytes q[8];
  P::words(unit, g, q);
  for (int h = 0; h < F::halves; ++h) {
    const int32_t x_sum = F::halves == 2 ? sums[h] : sums[0] + sums[1];
    RowInts dots = all_ints(F::offset == 0 ? 0 : -F::offset * x_sum);
    for (int i = h * steps; i < (h + 1) * steps; ++i) dots = dot4<F::wide>(dots, q[i], x + 4 * i);
    sum = add_product(sum, to_floats(dots), P::scale(unit, g, h));
  }
  if constexpr (F::has_min) {
    sum = add_product(sum, P::min(unit, g), all_floats(min_factor));
  }
  return sum;
}

/// A unit's products where scales are int8 and there is no min: summed in int32 (at most 16 x 16 x 63 x 127 x
/// 128, below 2^29), so that only the whole is made a float.
template <class P>
[[gnu::always_inline]] static inline RowFloats unit_of_int_scales(const std::byte* unit, const int8_t* x,
                                                                  const int32_t* sums) {
  using F = typename P::Plain;
  constexpr int steps = 8 / F::halves;
  RowInts total = all_ints(0);
#pragma GCC unroll 8
  for (int g = 0; g < F::values / 32; ++g) {
    RowBytes q[8];
    P::words(unit, g, q);
    for (int h = 0; h < F::halves; ++h) {
      RowInts dots = all_ints(-F::offset * sums[F::halves * g + h]);
      for (int i = h * steps; i < (h + 1) * steps; ++i) dots = dot4<F::wide>(dots, q[i], x + 32 * g + 4 * i);
      total = int_add(total, int_times(dots, P::int_scale(unit, g, h)));
    }
  }
  return times(to_floats(total), load_halves(unit));
}

template <class P>
[[gnu::always_inline]] static inline RowFloats unit_of_float_scales(const std::byte* unit, const int8_t* x,
                                                                    const int32_t* sums,
                                                                    const float* min_factors) {
  RowFloats total = all_floats(0);
#pragma GCC unroll 8
  for (int g = 0; g < P::Plain::values / 32; ++g) {
    total = add_group<P>(total, unit, g, x + 32 * g, sums + 2 * g, min_factors[g]);
  }
  return total;
}

/// y[rows] = W x: units in the order they lie in memory, one stream a thread, each byte used once. Bound by
/// reading the weights; in registers, 8 dot products and about 16 other words per group of 32 values.
template <class P>
static void gemv_packed(const MatrixWork& w, uint64_t first, uint64_t last) {
  using F = typename P::Plain;
  for (uint64_t row = first; row < last; row += row_lanes) {
    const std::byte* unit = w.weights + row * w.row_bytes;
    const int8_t* x = w.quantized;
    const int32_t* sums = w.sums;
    RowFloats total = all_floats(0);
    for (uint32_t k = 0; k < w.k; k += F::values, unit += F::bytes * row_lanes) {
      RowFloats products;
      if constexpr (F::halves == 2) {
        products = unit_of_int_scales<P>(unit, x + k, sums + k / 16);
      } else {
        products = unit_of_float_scales<P>(unit, x + k, sums + k / 16, w.min_factors + k / 32);
      }
      total = add_product(total, products, all_floats(w.scales[k / F::scale_values]));
    }
    store_some_rows(w.y + row, total, w.m - row);
  }
}

/// Units of `count` values from k0 on, unpacked to a panel of rows_together rows.
template <class P>
static void unpack_units(const MatrixWork& w, uint64_t row, uint32_t k0, uint32_t count, Panel& panel) {
  using F = typename P::Plain;
  const uint64_t last_panel = (w.m - 1) / row_lanes * row_lanes;
  for (int v = 0; v < row_vectors; ++v) {
    // Past the last rows the last panel stands in; its results are not stored.
    const uint64_t from =
        row + uint64_t(v) * row_lanes < last_panel ? row + uint64_t(v) * row_lanes : last_panel;
    const std::byte* unit = w.weights + from * w.row_bytes + uint64_t{k0} / F::values * F::bytes * row_lanes;
    for (uint32_t at = 0; at < count / 32; at += F::values / 32, unit += F::bytes * row_lanes) {
#pragma GCC unroll 8
      for (int g = 0; g < F::values / 32; ++g) {
        RowBytes q[8];
        P::words(unit, g, q);
        uint8_t* to = panel.bytes + ((at + g) * 8 * rows_together + v * row_lanes) * 4;
        for (int i = 0; i < 8; ++i) store_row_bytes(to + 4 * rows_together * i, q[i]);
        for (int h = 0; h < F::halves; ++h) {
          store_rows(panel.scales + ((at + g) * F::halves + h) * rows_together + v * row_lanes,
                     P::scale(unit, g, h));
        }
        if constexpr (F::has_min) {
          store_rows(panel.mins + (at + g) * rows_together + v * row_lanes, P::min(unit, g));
        }
      }
    }
  }
}

template <class P>
static void gemm_packed(const MatrixWork& w, uint64_t first, uint64_t last, Panel& panel) {
  for (uint64_t row = first; row < last; row += rows_together) {
    const int rows = last - row < rows_together ? static_cast<int>(last - row) : rows_together;
    for (uint32_t k0 = 0; k0 < w.k; k0 += panel_values) {
      const uint32_t count = w.k - k0 < panel_values ? w.k - k0 : panel_values;
      unpack_units<P>(w, row, k0, count, panel);
      multiply_all_tokens<typename P::Plain>(w, panel, k0, count, row, rows);
    }
  }
}
