// gemv and gemm over packed weights (packing.h), in the words of an isa/*.h. A unit holds one block of each
// of row_lanes rows; a word of it is 4 values of each row, so that one register is row_lanes rows, a dot
// product adds within a lane, and nothing is summed across lanes. Per group of 32 values: 8 words, and a
// scale (two of some formats) and perhaps a min of each row, as vectors over the rows.

/// Adds a group's words [first, last) times x.
template <bool wide>
[[gnu::always_inline]] static inline RowInts dot_words(RowInts dots, const RowBytes (&q)[8], int first,
                                                       int last, const int8_t* x) {
  for (int i = first; i < last; ++i) dots = dot4<wide>(dots, q[i], x + 4 * i);
  return dots;
}

/// A unit's products where scales are floats, one block of 32 or few groups: scale * (u . x - offset *
/// sum(x)) - min * sum(x) of each group.
template <FormatId format>
[[gnu::always_inline]] static inline RowFloats unit_of_float_scales(Unit unit, const int8_t* x,
                                                                    const int16_t* sums,
                                                                    const float* min_factors) {
  using P = Packed<format>;
  constexpr BlockShape shape = Plain<format>::shape;
  static_assert(shape.halves == 1);
  RowFloats total = all_floats(0);
#pragma GCC unroll 8
  for (int g = 0; g < static_cast<int>(shape.values / 32); ++g) {
    RowBytes q[8];
    P::words(unit, g, q);
    const RowInts start = all_ints(-shape.offset * (sums[2 * g] + sums[2 * g + 1]));
    const RowInts dots = dot_words<shape.wide>(start, q, 0, 8, x + 32 * g);
    total = add_product(total, to_floats(dots), P::scale(unit, g));
    if constexpr (shape.mins == 1) {
      total = add_product(total, P::min(unit, g), all_floats(min_factors[g]));
    }
  }
  return total;
}

/// Scale of half h of group g.
template <FormatId format>
[[gnu::always_inline]] static inline RowInts whole_scale(Unit unit, int g, int h) {
  using P = Packed<format>;
  if constexpr (requires { P::int_scale(unit, g, h); }) {
    return P::int_scale(unit, g, h);
  } else {
    const int i = g * Plain<format>::shape.halves + h;
    return one_of_pair(P::scale_pair(unit, i / 2), i % 2, P::pair_left);
  }
}

/// A unit's products where scales and mins are whole numbers under one d and one dmin: summed in int32, at
/// most 256 x 127 times the largest u x scale (q6_K: 63 x 128; iq4_xs: 255 x 32), below 2^29, of which values
/// that lie high in their bytes are a part, so that only the whole is made a float. What offsets and mins
/// take away is scale . sums of x, two at a time. The loop over words stays one: unrolled it was no faster.
template <FormatId format>
[[gnu::always_inline]] static inline RowFloats unit_of_int_scales(Unit unit, const int8_t* x,
                                                                  const int16_t* sums) {
  using P = Packed<format>;
  constexpr BlockShape shape = Plain<format>::shape;
  constexpr int steps = 8 / shape.halves, together = P::together;
  const RowFloats d = P::d(unit);
  RowInts below = all_ints(0), totals[together];
#pragma GCC unroll 8
  for (int p = 0; p < 4 * shape.halves; ++p) {
    if constexpr (shape.mins > 0) {
      below = dot2(below, P::min_pair(unit, p), sums + 2 * p);
    } else if constexpr (shape.offset > 0) {
      below = dot2(below, P::scale_pair(unit, p), sums + 2 * p);
    }
  }
#pragma GCC unroll 8
  for (int j = 0; j < together; ++j) totals[j] = all_ints(0);
#pragma GCC unroll 8
  for (int b = 0; b < 8 / together; ++b) {
#pragma GCC unroll 2
    for (int h = 0; h < shape.halves; ++h) {
      RowInts dots[together];
#pragma GCC unroll 8
      for (int j = 0; j < together; ++j) dots[j] = all_ints(0);
#pragma GCC unroll 1
      for (int i = h * steps; i < (h + 1) * steps; ++i) {
        RowBytes q[together];
        P::word(unit, b, i, q);
#pragma GCC unroll 8
        for (int j = 0; j < together; ++j) {
          dots[j] = dot4<shape.wide>(dots[j], q[j], x + 32 * (together * b + j) + 4 * i);
        }
      }
#pragma GCC unroll 8
      for (int j = 0; j < together; ++j) {
        totals[j] = int_add(totals[j], int_times(dots[j], whole_scale<format>(unit, together * b + j, h)));
      }
    }
  }
  RowInts total = all_ints(0);
#pragma GCC unroll 8
  for (int j = 0; j < together; ++j) total = int_add(total, signed_right(totals[j], P::left(j)));
  if constexpr (shape.mins > 0) {
    return subtract_product(times(to_floats(total), d), to_floats(below), P::dmin(unit));
  } else if constexpr (shape.offset > 0) {
    below = int_times(signed_right(below, P::pair_left), all_ints(-shape.offset));
    total = int_add(total, below);
  }
  return times(to_floats(total), d);
}

template <FormatId format>
constexpr bool int_scales = requires {
  Packed<format>::d(Unit{});
};

/// y[rows] = W x: units in the order they lie in memory, one stream a thread, each byte used once, and in
/// order within a unit too: what is read out of order is not fetched ahead (on Zen 4 q5_K with all fifth bits
/// before the nibbles ran at half the speed). Bound by reading the weights; in registers, 8 dot products and
/// about 16 other words per group of 32 values. Two streams a thread, or asking ahead for lines, brought
/// nothing.
template <FormatId format>
static void gemv_packed(const MatrixWork& w, uint64_t first, uint64_t last) {
  constexpr BlockShape shape = Plain<format>::shape;
  for (uint64_t row = first; row < last; row += row_lanes) {
    const std::byte* unit = w.weights + row * w.row_bytes;
    RowFloats total = all_floats(0);
    for (uint32_t k = 0; k < w.k; k += shape.values, unit += shape.bytes * row_lanes) {
      RowFloats products;
      if constexpr (int_scales<format>) {
        const int16_t* sums = shape.halves == 2 ? w.sums + k / sum_group : w.group_sums + k / 32;
        products = unit_of_int_scales<format>({unit}, w.quantized + k, sums);
      } else {
        products = unit_of_float_scales<format>({unit}, w.quantized + k, w.sums + k / sum_group,
                                                w.min_factors + k / 32);
      }
      total = add_product(total, products, all_floats(w.scales[k / rounding_span(shape.activations, w.k)]));
    }
    if constexpr (shape.scaled_rows) total = times(total, load_rows(w.row_scales + row));
    store_some_rows(w.y + row, total, w.m - row);
  }
}

/// A unit's words, to a panel's [word][rows_together][4].
template <FormatId format>
[[gnu::always_inline]] static inline void unpack_words(Unit unit, uint8_t* to) {
  using P = Packed<format>;
  constexpr int groups = Plain<format>::shape.values / 32, word_bytes = 4 * rows_together;
  if constexpr (int_scales<format>) {
#pragma GCC unroll 1
    for (int i = 0; i < 64 / P::together; ++i) {
      RowBytes q[P::together];
      P::word(unit, i / 8, i % 8, q);
#pragma GCC unroll 8
      for (int j = 0; j < P::together; ++j) {
        const RowBytes moved = P::left(j) == 0 ? q[j] : part(q[j], P::left(j), 255 >> P::left(j));
        store_row_bytes(to + word_bytes * (8 * (i / 8 * P::together + j) + i % 8), moved);
      }
    }
  } else {
#pragma GCC unroll 8
    for (int g = 0; g < groups; ++g) {
      RowBytes q[8];
      P::words(unit, g, q);
      for (int i = 0; i < 8; ++i) store_row_bytes(to + word_bytes * (8 * g + i), q[i]);
    }
  }
}

/// Scales and mins of group g, of the panel's rows from `to` on.
template <FormatId format>
[[gnu::always_inline]] static inline void unpack_scales(Unit unit, int g, uint32_t at, int vector,
                                                        RowFloats row_scale, Panel& panel) {
  using P = Packed<format>;
  constexpr BlockShape shape = Plain<format>::shape;
  float* scales = panel.scales + at * shape.halves * rows_together + vector * row_lanes;
  float* mins = panel.mins + at * shape.mins * rows_together + vector * row_lanes;
  for (int h = 0; h < shape.halves; ++h) {
    RowFloats scale;
    if constexpr (int_scales<format>) {
      scale = times(to_floats(whole_scale<format>(unit, g, h)), P::d(unit));
    } else {
      scale = P::scale(unit, g);
    }
    if constexpr (shape.scaled_rows) scale = times(scale, row_scale);
    store_rows(scales + h * rows_together, scale);
  }
  if constexpr (shape.mins > 0 && int_scales<format>) {
    for (int h = 0; h < shape.mins; ++h) {
      const int i = g * shape.mins + h;
      const RowInts min = one_of_pair(P::min_pair(unit, i / 2), i % 2, 0);
      store_rows(mins + h * rows_together, times(to_floats(min), P::dmin(unit)));
    }
  } else if constexpr (shape.mins > 0) {
    store_rows(mins, P::min(unit, g));
  }
}

/// Units of `count` values from k0 on, unpacked to a panel of rows_together rows.
template <FormatId format>
static void unpack_units(const MatrixWork& w, uint64_t row, int, uint32_t k0, uint32_t count, Panel& panel) {
  constexpr BlockShape shape = Plain<format>::shape;
  const uint64_t last_unit = (w.m - 1) / row_lanes * row_lanes;
  for (int v = 0; v < row_vectors; ++v) {
    // Past the last rows the last unit stands in; its results are not stored.
    const uint64_t wanted = row + uint64_t(v) * row_lanes, from = wanted < last_unit ? wanted : last_unit;
    const RowFloats row_scale = shape.scaled_rows ? load_rows(w.row_scales + from) : all_floats(1);
    Unit unit{w.weights + from * w.row_bytes + uint64_t{k0} / shape.values * shape.bytes * row_lanes};
    for (uint32_t at = 0; at < count / 32; at += shape.values / 32, unit.at += shape.bytes * row_lanes) {
      unpack_words<format>(unit, panel.bytes + (at * 8 * rows_together + v * row_lanes) * 4);
#pragma GCC unroll 8
      for (int g = 0; g < static_cast<int>(shape.values / 32); ++g) {
        unpack_scales<format>(unit, g, at + static_cast<uint32_t>(g), v, row_scale, panel);
      }
    }
  }
}

template <FormatId format>
static void gemm_packed(const MatrixWork& w, uint64_t first, uint64_t last, Panel& panel) {
  gemm_by_panels<format, unpack_units<format>>(w, first, last, panel);
}
