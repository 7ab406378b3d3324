// gemv and gemm over packed weights (packing.h), in the words of an isa_*.h. A unit holds one block of each
// of row_lanes rows; a word of it is 4 values of each row, so that one register is row_lanes rows, a dot
// product adds within a lane, and nothing is summed across lanes. Per group of 32 values: 8 words, and a
// scale (two of some formats) and perhaps a min of each row, as vectors over the rows.

/// A unit's products where scales are floats, one block of 32 or few groups: scale * (u . x - offset *
/// sum(x)) - min * sum(x) of each group.
template <FormatId format>
[[gnu::always_inline]] static inline RowFloats unit_of_float_scales(const std::byte* unit, const int8_t* x,
                                                                    const int32_t* sums,
                                                                    const float* min_factors) {
  constexpr BlockShape shape = Plain<format>::shape;
  static_assert(shape.halves == 1);
  RowFloats total = all_floats(0);
#pragma GCC unroll 8
  for (int g = 0; g < static_cast<int>(shape.values / 32); ++g) {
    RowBytes q[8];
    Packed<format>::words(unit, g, q);
    RowInts dots = all_ints(-shape.offset * (sums[2 * g] + sums[2 * g + 1]));
    for (int i = 0; i < 8; ++i) dots = dot4<shape.wide>(dots, q[i], x + 32 * g + 4 * i);
    total = add_product(total, to_floats(dots), Packed<format>::scale(unit, g));
    if constexpr (shape.mins == 1) {
      total = add_product(total, Packed<format>::min(unit, g), all_floats(min_factors[g]));
    }
  }
  return total;
}

/// A unit's products where scales and mins are whole numbers under one d and one dmin: summed in int32, at
/// most 256 x 127 times the largest u x scale (q6_K: 63 x 128; iq4_xs: 255 x 32), below 2^29, so that only
/// the whole is made a float.
template <FormatId format>
[[gnu::always_inline]] static inline RowFloats unit_of_int_scales(const std::byte* unit, const int8_t* x,
                                                                  const int32_t* sums) {
  using P = Packed<format>;
  constexpr BlockShape shape = Plain<format>::shape;
  constexpr int steps = 8 / shape.halves;
  RowInts total = all_ints(0), below = all_ints(0);
#pragma GCC unroll 8
  for (int g = 0; g < static_cast<int>(shape.values / 32); ++g) {
    RowBytes q[8];
    P::words(unit, g, q);
    for (int h = 0; h < shape.halves; ++h) {
      const int32_t x_sum = shape.halves == 2 ? sums[2 * g + h] : sums[2 * g] + sums[2 * g + 1];
      RowInts dots = all_ints(-shape.offset * x_sum);
      for (int i = h * steps; i < (h + 1) * steps; ++i) {
        dots = dot4<shape.wide>(dots, q[i], x + 32 * g + 4 * i);
      }
      total = int_add(total, int_times(dots, P::int_scale(unit, g, h)));
      if constexpr (shape.mins > 0) {
        below = int_add(below, int_times(all_ints(x_sum), P::int_min(unit, g, h)));
      }
    }
  }
  RowFloats products = times(to_floats(total), P::d(unit));
  if constexpr (shape.mins > 0) products = subtract_product(products, to_floats(below), P::dmin(unit));
  return products;
}

template <FormatId format>
constexpr bool int_scales = requires {
  Packed<format>::d(nullptr);
};

/// y[rows] = W x: units in the order they lie in memory, one stream a thread, each byte used once. Bound by
/// reading the weights; in registers, 8 dot products and about 16 other words per group of 32 values.
template <FormatId format>
static void gemv_packed(const MatrixWork& w, uint64_t first, uint64_t last) {
  constexpr BlockShape shape = Plain<format>::shape;
  for (uint64_t row = first; row < last; row += row_lanes) {
    const std::byte* unit = w.weights + row * w.row_bytes;
    RowFloats total = all_floats(0);
    for (uint32_t k = 0; k < w.k; k += shape.values, unit += shape.bytes * row_lanes) {
      RowFloats products;
      if constexpr (int_scales<format>) {
        products = unit_of_int_scales<format>(unit, w.quantized + k, w.sums + k / sum_group);
      } else {
        products = unit_of_float_scales<format>(unit, w.quantized + k, w.sums + k / sum_group,
                                                w.min_factors + k / 32);
      }
      total = add_product(total, products, all_floats(w.scales[k / rounding_span(shape.activations, w.k)]));
    }
    if constexpr (shape.scaled_rows) total = times(total, load_rows(w.row_scales + row));
    store_some_rows(w.y + row, total, w.m - row);
  }
}

/// Scales and mins of group g, of the panel's rows from `to` on.
template <FormatId format>
[[gnu::always_inline]] static inline void unpack_scales(const std::byte* unit, int g, uint32_t at, int vector,
                                                        RowFloats row_scale, Panel& panel) {
  using P = Packed<format>;
  constexpr BlockShape shape = Plain<format>::shape;
  float* scales = panel.scales + at * shape.halves * rows_together + vector * row_lanes;
  float* mins = panel.mins + at * shape.mins * rows_together + vector * row_lanes;
  for (int h = 0; h < shape.halves; ++h) {
    RowFloats scale;
    if constexpr (int_scales<format>) {
      scale = times(to_floats(P::int_scale(unit, g, h)), P::d(unit));
    } else {
      scale = P::scale(unit, g);
    }
    if constexpr (shape.scaled_rows) scale = times(scale, row_scale);
    store_rows(scales + h * rows_together, scale);
  }
  if constexpr (shape.mins > 0 && int_scales<format>) {
    for (int h = 0; h < shape.mins; ++h) {
      store_rows(mins + h * rows_together, times(to_floats(P::int_min(unit, g, h)), P::dmin(unit)));
    }
  } else if constexpr (shape.mins > 0) {
    store_rows(mins, P::min(unit, g));
  }
}

/// Units of `count` values from k0 on, unpacked to a panel of rows_together rows.
template <FormatId format>
static void unpack_units(const MatrixWork& w, uint64_t row, int, uint32_t k0, uint32_t count, Panel& panel) {
  constexpr BlockShape shape = Plain<format>::shape;
  const uint64_t last_panel = (w.m - 1) / row_lanes * row_lanes;
  for (int v = 0; v < row_vectors; ++v) {
    // Past the last rows the last panel stands in; its results are not stored.
    const uint64_t wanted = row + uint64_t(v) * row_lanes, from = wanted < last_panel ? wanted : last_panel;
    const RowFloats row_scale = shape.scaled_rows ? load_rows(w.row_scales + from) : all_floats(1);
    const std::byte* unit =
        w.weights + from * w.row_bytes + uint64_t{k0} / shape.values * shape.bytes * row_lanes;
    for (uint32_t at = 0; at < count / 32; at += shape.values / 32, unit += shape.bytes * row_lanes) {
#pragma GCC unroll 8
      for (int g = 0; g < static_cast<int>(shape.values / 32); ++g) {
        RowBytes q[8];
        Packed<format>::words(unit, g, q);
        uint8_t* to = panel.bytes + ((at + g) * 8 * rows_together + v * row_lanes) * 4;
        for (int i = 0; i < 8; ++i) store_row_bytes(to + 4 * rows_together * i, q[i]);
        unpack_scales<format>(unit, g, at + static_cast<uint32_t>(g), v, row_scale, panel);
      }
    }
  }
}

template <FormatId format>
static void gemm_packed(const MatrixWork& w, uint64_t first, uint64_t last, Panel& panel) {
  gemm_by_panels<format, unpack_units<format>>(w, first, last, panel);
}
