// gemm over quantized weights: the products of all tokens with a panel of unpacked rows (Panel). They are the
// same for all formats, and the lanes are rows.

/// What makes a panel's products differ between formats. The rest of a BlockShape is data.
struct PanelKind {
  int halves, mins;
  bool wide;
  bool scales_of_groups;  // the activations have a scale each 32 values, else one over more
};
constexpr PanelKind kind_of(const BlockShape& shape) {
  return {shape.halves, shape.mins, shape.wide, shape.activations == Activations::int8};
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
};

/// Adds to `sums` the products of `tokens` tokens from t0 on and group g of the panel: scale * (u . x -
/// offset * sum(x)) - min * sum(x). The scale of the activations is left out where it spans more than the
/// group. Registers hold tokens x row_vectors dot products. Each step loads row_vectors vectors of weights,
/// broadcasts a word of each token, and multiplies each pair; gemm is bound by these 8 steps a group, beside
/// one or two float products.
template <PanelKind kind, int tokens>
WEIGHIN_WORD void multiply_group(const PanelWork& p, uint32_t t0, uint32_t g,
                                 F32 (&sums)[tokens][row_vectors]) {
  constexpr int steps = 8 / kind.halves;  // of four values in a part with one weight scale
  const MatrixWork& w = p.w;
  const uint64_t groups = w.k / 32, at = t0 * groups + p.k0 / 32 + g;
  const int8_t* x = w.quantized + 32 * at;
  const uint8_t* u = p.panel.bytes + uint64_t{g} * 32 * rows_together;
  for (int h = 0; h < kind.halves; ++h) {
    I32 dots[tokens][row_vectors];
    for (int t = 0; t < tokens; ++t) {
      const int16_t* s = w.sums + 2 * (at + groups * t);
      const int32_t start = -p.offset * (kind.halves == 2 ? s[h] : s[0] + s[1]);
      for (int v = 0; v < row_vectors; ++v) dots[t][v] = all_i32(start);
    }
    add_dots<kind.wide, steps>(u, x, w.k, dots);
    u += 4 * steps * rows_together;
    x += 4 * steps;
    for (int v = 0; v < row_vectors; ++v) {
      const uint32_t half_at = (g * kind.halves + h) * rows_together + v * lanes;
      const F32 scale = load_f32(p.panel.scales + half_at);
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
    for (int v = 0; v < row_vectors; ++v) {
      const F32 min = load_f32(p.panel.mins + g * rows_together + v * lanes);
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
  // Where a scale of the activations spans one group, the sums of the whole panel stay in registers. Where it
  // spans more groups, the sums of one span do, and are multiplied with its scale.
  const uint32_t groups = p.count / 32, span_groups = p.span / 32;
  const uint32_t at_once = kind.scales_of_groups || span_groups > groups ? groups : span_groups;
  const uint64_t spans = p.w.k / p.span;
  for (uint32_t g0 = 0; g0 < groups; g0 += at_once) {
    F32 sums[tokens][row_vectors] = {};
    for (uint32_t g = g0; g < g0 + at_once; ++g) multiply_group<kind, tokens>(p, t0, g, sums);
    if constexpr (!kind.scales_of_groups) {
      const float* dx = p.w.scales + t0 * spans + (p.k0 + 32 * g0) / p.span;
      for (int t = 0; t < tokens; ++t) {
        for (int v = 0; v < row_vectors; ++v) sums[t][v] *= dx[spans * t];
      }
    }
    add_to_y<tokens>(p.w, sums, t0, p.k0 + g0 == 0, p.row, p.rows);
  }
}

template <PanelKind kind>
static void multiply_all_tokens(const PanelWork& p) {
  uint32_t t = 0;
  for (; t + gemm_tokens <= p.w.n; t += gemm_tokens) multiply_panel<kind, gemm_tokens>(p, t);
  for (; t + 2 <= p.w.n; t += 2) multiply_panel<kind, 2>(p, t);
  for (; t < p.w.n; ++t) multiply_panel<kind, 1>(p, t);
}

using UnpackFunction = void (*)(const MatrixWork&, uint64_t row, int rows, uint32_t k0, uint32_t count,
                                Panel& panel);

/// Rows [first, last) of Y, panel by panel as `unpack` makes them.
template <FormatId format, UnpackFunction unpack>
static void gemm_by_panels(const MatrixWork& w, uint64_t first, uint64_t last, Panel& panel) {
  constexpr BlockShape shape = Plain<format>::shape;
  for (uint64_t row = first; row < last; row += rows_together) {
    const int rows = last - row < rows_together ? static_cast<int>(last - row) : rows_together;
    for (uint32_t k0 = 0; k0 < w.k; k0 += panel_values) {
      const uint32_t count = w.k - k0 < panel_values ? w.k - k0 : panel_values;
      unpack(w, row, rows, k0, count, panel);
      arrange_panel(panel.bytes, count / 4);
      multiply_all_tokens<kind_of(shape)>(
          {w, panel, shape.offset, rounding_span(shape.activations, w.k), k0, count, row, rows});
    }
  }
}
