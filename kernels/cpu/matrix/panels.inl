// gemm over quantized weights: the products of all tokens with a panel of unpacked rows (Panel). They are the
// same for all formats, and the lanes are rows.

/// What makes a panel's products differ between formats. The rest of a BlockShape is data.
struct PanelKind {
  int halves, mins;
  bool wide;
  bool offset;            // BlockShape's is not 0
  bool scales_of_groups;  // the activations have a scale each 32 values, else one over more
};
constexpr PanelKind kind_of(const BlockShape& shape) {
  return {shape.halves, shape.mins, shape.wide, shape.offset != 0, shape.activations == Activations::int8};
}

/// The work of one panel: values [k0, k0 + count) of all tokens, and rows [row, row + rows) of Y.
struct PanelWork {
  const MatrixWork& w;
  const Panel& panel;
  int offset;     // BlockShape's
  uint32_t span;  // values that share a scale of the activations
  uint32_t k0, count;
  uint64_t row;
  int rows;
  float* sums;  // of the panel's rows so far, [token from first_token on][rows_together]
  uint32_t first_token, last_token;
};

/// Adds the products of `tokens` tokens from t0 on and one panel to the sums so far. The sums are kept
/// together, because results that lie a power of two apart would lie in the same few sets of a cache. The
/// last panel of a row makes them the results.
template <int tokens>
WEIGHIN_WORD void add_to_sums(const PanelWork& p, F32 (&sums)[tokens][row_vectors], uint32_t t0) {
  float* so_far = p.sums + uint64_t{t0 - p.first_token} * rows_together;
  const bool last = p.k0 + p.count == p.w.k;
  if (p.k0 > 0) {
#pragma GCC unroll 8
    for (int t = 0; t < tokens; ++t) {
#pragma GCC unroll 8
      for (int v = 0; v < row_vectors; ++v) sums[t][v] += load_f32(so_far + t * rows_together + v * lanes);
    }
  }
  if (last) {
    add_to_y<tokens>(p.w, sums, t0, true, p.row, p.rows);
    return;
  }
#pragma GCC unroll 8
  for (int t = 0; t < tokens; ++t) {
#pragma GCC unroll 8
    for (int v = 0; v < row_vectors; ++v) store_f32(so_far + t * rows_together + v * lanes, sums[t][v]);
  }
}

/// What an offset subtracts from the dot products of `tokens` tokens: -offset * sum(x) of each half of each
/// group of a panel. The dot products begin with these numbers. They lie in memory, because a number that is
/// broadcast from memory takes no port that multiplies, as one from a general register does on Intel.
template <PanelKind kind, int tokens>
struct OffsetSums {
  static constexpr int most = kind.offset ? static_cast<int>(panel_values / 32) * kind.halves : 1;
  alignas(64) int32_t of[tokens][most];
};

template <PanelKind kind, int tokens>
WEIGHIN_WORD void set_offset_sums(const PanelWork& p, uint32_t t0, OffsetSums<kind, tokens>& sums) {
  if constexpr (kind.offset) {
    for (int t = 0; t < tokens; ++t) {
      const uint64_t at = (t0 + uint64_t(t)) * (p.w.k / 32) + p.k0 / 32;
      const int16_t* from = kind.halves == 2 ? p.w.sums + 2 * at : p.w.group_sums + at;
      const uint32_t count = p.count / 32 * kind.halves;
      for (uint32_t i = 0; i < count; ++i) sums.of[t][i] = -p.offset * from[i];
    }
  }
}

/// Adds to `sums` the products of `tokens` tokens from t0 on and group g of the panel: scale * (u . x -
/// offset * sum(x)) - min * sum(x). The scale of the activations is left out where it spans more than the
/// group. Registers hold tokens x row_vectors dot products. Each step loads row_vectors vectors of weights,
/// broadcasts a word of each token, and multiplies each pair; gemm is bound by these 8 steps a group, beside
/// a conversion and one or two float products of each register of dot products.
template <PanelKind kind, int tokens>
WEIGHIN_WORD void multiply_group(const PanelWork& p, const OffsetSums<kind, tokens>& offsets, uint32_t t0,
                                 uint32_t g, F32 (&sums)[tokens][row_vectors]) {
  constexpr int steps = 8 / kind.halves;  // of four values in a part with one weight scale
  const MatrixWork& w = p.w;
  const uint64_t groups = w.k / 32, at = t0 * groups + p.k0 / 32 + g;
  const int8_t* x = w.quantized + uint64_t{p.k0} * w.n + uint64_t{t0} * p.count + 32 * g;
  const uint8_t* u = p.panel.bytes + uint64_t{g} * 32 * rows_together;
#pragma GCC unroll 2
  for (int h = 0; h < kind.halves; ++h) {
    I32 dots[tokens][row_vectors];
#pragma GCC unroll 8
    for (int t = 0; t < tokens; ++t) {
      I32 start = all_i32(0);
      if constexpr (kind.offset) {
        start =
            reinterpret_cast<I32>(all_lane_bytes(&offsets.of[t][g * kind.halves + static_cast<uint32_t>(h)]));
      }
#pragma GCC unroll 8
      for (int v = 0; v < row_vectors; ++v) dots[t][v] = start;
    }
    add_dots<kind.wide, steps>(u, x, p.count, dots);
    u += 4 * steps * rows_together;
    x += 4 * steps;
#pragma GCC unroll 8
    for (int v = 0; v < row_vectors; ++v) {
      const uint32_t half_at = (g * kind.halves + h) * rows_together + v * lanes;
      const F32 scale = load_f32(p.panel.scales + half_at);
#pragma GCC unroll 8
      for (int t = 0; t < tokens; ++t) {
        F32 of_token = scale;
        if constexpr (kind.scales_of_groups) of_token = scale * w.scales[at + groups * t];
        sums[t][v] = multiply_add(to_f32(dots[t][v]), of_token, sums[t][v]);
      }
      if constexpr (kind.mins == 2) {
        const F32 min = load_f32(p.panel.mins + half_at);
        for (int t = 0; t < tokens; ++t) {
          const auto factor = -static_cast<float>(w.sums[2 * (at + groups * t) + h]);
          sums[t][v] = multiply_add(min, all_f32(factor), sums[t][v]);
        }
      }
    }
  }
  if constexpr (kind.mins == 1) {
#pragma GCC unroll 8
    for (int v = 0; v < row_vectors; ++v) {
      const F32 min = load_f32(p.panel.mins + g * rows_together + v * lanes);
#pragma GCC unroll 8
      for (int t = 0; t < tokens; ++t) {
        float factor = w.min_factors[at + groups * t];
        if constexpr (kind.scales_of_groups) factor *= w.scales[at + groups * t];
        sums[t][v] = multiply_add(min, all_f32(factor), sums[t][v]);
      }
    }
  }
}

/// Adds the products of `tokens` tokens from t0 on and the whole panel to Y.
template <PanelKind kind, int tokens>
static void multiply_panel(const PanelWork& p, uint32_t t0) {
  OffsetSums<kind, tokens> offsets;
  set_offset_sums(p, t0, offsets);
  const uint32_t groups = p.count / 32, span_groups = p.span / 32;
  // Where a scale of the activations spans one group, the sums of the whole panel stay in registers.
  if constexpr (kind.scales_of_groups) {
    F32 sums[tokens][row_vectors] = {};
    for (uint32_t g = 0; g < groups; ++g) multiply_group<kind, tokens>(p, offsets, t0, g, sums);
    add_to_sums<tokens>(p, sums, t0);
    return;
  }
  // Where it spans more groups, the sums of one span do. They are multiplied with its scale and added to the
  // totals, which lie in memory: there are no registers left for them.
  const uint32_t at_once = span_groups > groups ? groups : span_groups;
  const uint64_t spans = p.w.k / p.span;
  alignas(64) float totals[tokens * rows_together];
  for (uint32_t g0 = 0; g0 < groups; g0 += at_once) {
    F32 sums[tokens][row_vectors] = {};
    for (uint32_t g = g0; g < g0 + at_once; ++g) multiply_group<kind, tokens>(p, offsets, t0, g, sums);
    const float* dx = p.w.scales + t0 * spans + (p.k0 + 32 * g0) / p.span;
#pragma GCC unroll 8
    for (int t = 0; t < tokens; ++t) {
      const F32 scale = all_f32(dx[spans * t]);
#pragma GCC unroll 8
      for (int v = 0; v < row_vectors; ++v) {
        float* total = totals + t * rows_together + v * lanes;
        store_f32(total, g0 == 0 ? sums[t][v] * scale : multiply_add(sums[t][v], scale, load_f32(total)));
      }
    }
  }
  F32 sums[tokens][row_vectors];
#pragma GCC unroll 8
  for (int t = 0; t < tokens; ++t) {
#pragma GCC unroll 8
    for (int v = 0; v < row_vectors; ++v) sums[t][v] = load_f32(totals + t * rows_together + v * lanes);
  }
  add_to_sums<tokens>(p, sums, t0);
}

template <PanelKind kind>
static void multiply_all_tokens(const PanelWork& p) {
  uint32_t t = p.first_token;
  for (; t + gemm_tokens <= p.last_token; t += gemm_tokens) multiply_panel<kind, gemm_tokens>(p, t);
  multiply_rest(t, p.last_token - t, [&]<int tokens>(uint32_t at) { multiply_panel<kind, tokens>(p, at); });
}

using UnpackFunction = void (*)(const MatrixWork&, uint64_t row, int rows, uint32_t k0, uint32_t count,
                                Panel& panel);

/// Rows [first, last) of Y, panel by panel as `unpack` makes them.
template <FormatId format, UnpackFunction unpack>
static void gemm_by_panels(const MatrixWork& w, uint64_t first, uint64_t last, Panel& panel) {
  constexpr BlockShape shape = Plain<format>::shape;
  constexpr uint64_t step = uint64_t{panels_together} * rows_together;
  for (uint64_t row0 = first; row0 < last; row0 += step) {
    const uint64_t row_end = last - row0 < step ? last : row0 + step;
    for (uint32_t t0 = 0; t0 < w.n; t0 += panel_tokens) {
      const uint32_t t_end = w.n - t0 < panel_tokens ? w.n : t0 + panel_tokens;
      for (uint32_t k0 = 0; k0 < w.k; k0 += panel_values) {
        const uint32_t count = w.k - k0 < panel_values ? w.k - k0 : panel_values;
        float* sums = panel.sums;
        for (uint64_t row = row0; row < row_end; row += rows_together, sums += panel_tokens * rows_together) {
          const int rows = row_end - row < rows_together ? static_cast<int>(row_end - row) : rows_together;
          unpack(w, row, rows, k0, count, panel);
          arrange_panel(panel.bytes, count / 4);
          multiply_all_tokens<kind_of(shape)>({w, panel, shape.offset, rounding_span(shape.activations, w.k),
                                               k0, count, row, rows, sums, t0, t_end});
        }
      }
    }
  }
}
