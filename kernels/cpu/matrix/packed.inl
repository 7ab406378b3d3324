// gemv and gemm over packed weights (packing.h). A unit holds one block of each of `lanes` rows, and a word
// of it is 4 values of each row. So a register is `lanes` rows, a dot product adds within a lane, and nothing
// is summed across lanes. A group of 32 values is 8 words, and each row's scale (two of some formats) and
// perhaps its min, as vectors over the rows.

/// A unit's products where scales are floats, of one block of 32 or of few groups: scale * (u . x - offset *
/// sum(x)) - min * sum(x) of each group.
template <FormatId format>
WEIGHIN_WORD F32 unit_of_float_scales(Unit unit, const int8_t* x, const int16_t* sums,
                                      const float* min_factors) {
  using P = Packed<format>;
  constexpr BlockShape shape = Plain<format>::shape;
  static_assert(shape.halves == 1);
  F32 total = all_f32(0);
#pragma GCC unroll 8
  for (int g = 0; g < static_cast<int>(shape.values / 32); ++g) {
    LaneBytes q[8];
    P::words(unit, g, q);
    I32 dots = all_i32(-shape.offset * (sums[2 * g] + sums[2 * g + 1]));
    for (int i = 0; i < 8; ++i) dots = dot4<shape.wide>(dots, q[i], all_lane_bytes(x + 32 * g + 4 * i));
    total = multiply_add(to_f32(dots), P::scale(unit, g), total);
    if constexpr (shape.mins == 1) {
      total = multiply_add(P::min(unit, g), all_f32(min_factors[g]), total);
    }
  }
  return total;
}

/// The integer scales of half h of group g.
template <FormatId format>
WEIGHIN_WORD I32 int_scale_of(Unit unit, int g, int h) {
  using P = Packed<format>;
  if constexpr (requires { P::int_scale(unit, g, h); }) {
    return P::int_scale(unit, g, h);
  } else {
    const int i = g * Plain<format>::shape.halves + h;
    return one_of_pair(P::scale_pair(unit, i / 2), i % 2, P::pair_left);
  }
}

/// A unit's products where scales and mins are integers under one d and one dmin. They are summed in int32:
/// at most 256 x 127 times the largest u x scale (q6_K: 63 x 128; iq4_xs: 255 x 32), which is below 2^29.
/// Values that lie high in their bytes are summed at that height and moved down at the end, and only the
/// total becomes a float. What offsets and mins subtract is scale . sums of x, two at a time. The loop over
/// words is not unrolled, since that was no faster.
template <FormatId format, bool asks>
WEIGHIN_WORD F32 unit_of_int_scales(Unit unit, const int8_t* x, const int16_t* sums, Ahead ahead) {
  using P = Packed<format>;
  constexpr BlockShape shape = Plain<format>::shape;
  constexpr int steps = 8 / shape.halves, together = P::together;
  // Whole lines that each word asks for; the rest of the unit is asked for at once.
  constexpr int words = 64 / together, word_bytes = shape.bytes * lanes / words / 64 * 64;
  constexpr int rest_bytes = shape.bytes * lanes - words * word_bytes;
  [[maybe_unused]] const std::byte* const words_at = unit.at + rest_bytes;
  if constexpr (asks) ask_for<rest_bytes>(unit.at, ahead);
  const F32 d = P::d(unit);
  I32 below = all_i32(0), totals[together];
#pragma GCC unroll 8
  for (int p = 0; p < 4 * shape.halves; ++p) {
    if constexpr (shape.mins > 0) {
      below = dot2(below, P::min_pair(unit, p), sums + 2 * p);
    } else if constexpr (shape.offset > 0) {
      below = dot2(below, P::scale_pair(unit, p), sums + 2 * p);
    }
  }
#pragma GCC unroll 8
  for (int j = 0; j < together; ++j) totals[j] = all_i32(0);
#pragma GCC unroll 8
  for (int b = 0; b < 8 / together; ++b) {
#pragma GCC unroll 2
    for (int h = 0; h < shape.halves; ++h) {
      I32 dots[together];
#pragma GCC unroll 8
      for (int j = 0; j < together; ++j) dots[j] = all_i32(0);
#pragma GCC unroll 1
      for (int i = h * steps; i < (h + 1) * steps; ++i) {
        LaneBytes q[together];
        if constexpr (asks) ask_for<word_bytes>(words_at + (8 * b + i) * word_bytes, ahead);
        P::word(unit, b, i, q);
#pragma GCC unroll 8
        for (int j = 0; j < together; ++j) {
          const int8_t* four = x + 32 * (together * b + j) + 4 * i;
          dots[j] = dot4<shape.wide>(dots[j], q[j], all_lane_bytes(four));
        }
      }
#pragma GCC unroll 8
      for (int j = 0; j < together; ++j) {
        totals[j] += dots[j] * int_scale_of<format>(unit, together * b + j, h);
      }
    }
  }
  I32 total = all_i32(0);
#pragma GCC unroll 8
  for (int j = 0; j < together; ++j) total += totals[j] >> P::left(j);
  if constexpr (shape.mins > 0) {
    return to_f32(total) * d - to_f32(below) * P::dmin(unit);
  } else if constexpr (shape.offset > 0) {
    total += (below >> P::pair_left) * -shape.offset;
  }
  return to_f32(total) * d;
}

template <FormatId format>
constexpr bool packed_int_scales = requires {
  Packed<format>::d(Unit{});
};

/// y[rows] = W x. Units are read in the order in which they lie in memory, one stream a thread, and each byte
/// is read once. Reads are in order within a unit too, since what is read out of order is not prefetched (on
/// Zen 4, q5_K with all fifth bits before the nibbles ran at half the speed). Bound by reading the weights;
/// in registers it takes 8 dot products and about 16 other words a group of 32 values. Two streams a thread
/// were no faster. Where `asks`, each unit asks for one that is read later, as w.ahead says.
template <FormatId format, bool asks>
static void gemv_units(const MatrixWork& w, uint64_t first, uint64_t last) {
  constexpr BlockShape shape = Plain<format>::shape;
  for (uint64_t row = first; row < last; row += lanes) {
    const std::byte* unit = w.weights + row * w.row_bytes;
    F32 total = all_f32(0);
    for (uint32_t k = 0; k < w.k; k += shape.values, unit += shape.bytes * lanes) {
      if constexpr (asks && !packed_int_scales<format>) ask_for<shape.bytes * lanes>(unit, w.ahead);
      F32 products;
      if constexpr (packed_int_scales<format>) {
        const int16_t* sums = shape.halves == 2 ? w.sums + k / sum_group : w.group_sums + k / 32;
        products = unit_of_int_scales<format, asks>({unit}, w.quantized + k, sums, w.ahead);
      } else {
        products = unit_of_float_scales<format>({unit}, w.quantized + k, w.sums + k / sum_group,
                                                w.min_factors + k / 32);
      }
      total = multiply_add(products, all_f32(w.scales[k / rounding_span(shape.activations, w.k)]), total);
    }
    if constexpr (shape.scaled_rows) total *= load_f32(w.row_scales + row);
    store_f32(w.y + row, total, w.m - row);
  }
}

template <FormatId format>
static void gemv_packed(const MatrixWork& w, uint64_t first, uint64_t last) {
  if (w.ahead.bytes == 0) return gemv_units<format, false>(w, first, last);
  gemv_units<format, true>(w, first, last);
}

/// Writes a unit's words into a panel [word][rows_together][4].
template <FormatId format>
WEIGHIN_WORD void unpack_words(Unit unit, uint8_t* to) {
  using P = Packed<format>;
  constexpr int groups = Plain<format>::shape.values / 32, word_bytes = 4 * rows_together;
  if constexpr (packed_int_scales<format>) {
#pragma GCC unroll 1
    for (int i = 0; i < 64 / P::together; ++i) {
      LaneBytes q[P::together];
      P::word(unit, i / 8, i % 8, q);
#pragma GCC unroll 8
      for (int j = 0; j < P::together; ++j) {
        const LaneBytes moved = P::left(j) == 0 ? q[j] : part(q[j], P::left(j), 255 >> P::left(j));
        store_lane_bytes(to + word_bytes * (8 * (i / 8 * P::together + j) + i % 8), moved);
      }
    }
  } else {
#pragma GCC unroll 8
    for (int g = 0; g < groups; ++g) {
      LaneBytes q[8];
      P::words(unit, g, q);
      for (int i = 0; i < 8; ++i) store_lane_bytes(to + word_bytes * (8 * g + i), q[i]);
    }
  }
}

/// Writes the scales and mins of group g of a unit into the panel, as group `at` of vector `vector` of its
/// rows.
template <FormatId format>
WEIGHIN_WORD void unpack_scales(Unit unit, int g, uint32_t at, int vector, F32 row_scale, Panel& panel) {
  using P = Packed<format>;
  constexpr BlockShape shape = Plain<format>::shape;
  float* scales = panel.scales + at * shape.halves * rows_together + vector * lanes;
  float* mins = panel.mins + at * shape.mins * rows_together + vector * lanes;
  for (int h = 0; h < shape.halves; ++h) {
    F32 scale;
    if constexpr (packed_int_scales<format>) {
      scale = to_f32(int_scale_of<format>(unit, g, h)) * P::d(unit);
    } else {
      scale = P::scale(unit, g);
    }
    if constexpr (shape.scaled_rows) scale *= row_scale;
    store_f32(scales + h * rows_together, scale);
  }
  if constexpr (shape.mins > 0 && packed_int_scales<format>) {
    for (int h = 0; h < shape.mins; ++h) {
      const int i = g * shape.mins + h;
      const I32 min = one_of_pair(P::min_pair(unit, i / 2), i % 2, 0);
      store_f32(mins + h * rows_together, to_f32(min) * P::dmin(unit));
    }
  } else if constexpr (shape.mins > 0) {
    store_f32(mins, P::min(unit, g));
  }
}

/// Unpacks units of `count` values from k0 on to a panel of rows_together rows.
template <FormatId format>
static void unpack_units(const MatrixWork& w, uint64_t row, int, uint32_t k0, uint32_t count, Panel& panel) {
  constexpr BlockShape shape = Plain<format>::shape;
  const uint64_t last_unit = (w.m - 1) / lanes * lanes;
  for (int v = 0; v < row_vectors; ++v) {
    // Past the last unit, the last unit is repeated, and its results are not stored.
    const uint64_t wanted = row + uint64_t(v) * lanes, from = wanted < last_unit ? wanted : last_unit;
    const F32 row_scale = shape.scaled_rows ? load_f32(w.row_scales + from) : all_f32(1);
    Unit unit{w.weights + from * w.row_bytes + uint64_t{k0} / shape.values * shape.bytes * lanes};
    for (uint32_t at = 0; at < count / 32; at += shape.values / 32, unit.at += shape.bytes * lanes) {
      unpack_words<format>(unit, panel.bytes + (at * 8 * rows_together + v * lanes) * 4);
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
