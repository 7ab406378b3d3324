// gemv and gemm over quantized weights, in the words of an isa_*.h. Every format is read as groups of 32
// unsigned bytes u, with for each half of 16 a scale s and an offset o: w = s * (u - o); q4_K has mins
// instead. Then w . x = s * dx * (u . xq - o * sum(xq)), all in int32 but the scales.

/// Two halves' scales and mins; a min is subtracted as it is: w = s * u - min.
struct Group {
  float first, second, min;
};

struct Q8_0 {
  static constexpr FormatId id = FormatId::q8_0;
  static constexpr int values = 32, bytes = 34, offset = wide_offset, halves = 1;
  static constexpr bool wide = true, has_min = false;
  template <class Each>
  [[gnu::always_inline]] static inline void groups(const std::byte* block, Each& each) {
    const float d = half(block);
    each(0, widen(load(block + 2)), Group{d, d, 0});
  }
};

struct Q4_0 {
  static constexpr FormatId id = FormatId::q4_0;
  static constexpr int values = 32, bytes = 18, offset = 8, halves = 1;
  static constexpr bool wide = false, has_min = false;
  template <class Each>
  [[gnu::always_inline]] static inline void groups(const std::byte* block, Each& each) {
    const float d = half(block);
    each(0, load_nibbles(block + 2), Group{d, d, 0});
  }
};

struct Q4_K {
  static constexpr FormatId id = FormatId::q4_K;
  static constexpr int values = 256, bytes = 144, offset = 0, halves = 1;
  static constexpr bool wide = false, has_min = true;
  template <class Each>
  [[gnu::always_inline]] static inline void groups(const std::byte* block, Each& each) {
    const float d = half(block), dmin = half(block + 2);
    const auto* s = reinterpret_cast<const uint8_t*>(block + 4);
    for (int pair = 0; pair < 4; ++pair) {
      const Bytes both = load(block + 16 + 32 * pair);
      for (int high = 0; high < 2; ++high) {
        const int j = 2 * pair + high;
        const int scale = j < 4 ? s[j] & 63 : (s[j + 4] & 15) | s[j - 4] >> 6 << 4;
        const int min = j < 4 ? s[j + 4] & 63 : s[j + 4] >> 4 | s[j] >> 6 << 4;
        const float step = d * static_cast<float>(scale);
        each(j, high ? nibble<4>(both) : nibble<0>(both), Group{step, step, dmin * static_cast<float>(min)});
      }
    }
  }
};

struct Q6_K {
  static constexpr FormatId id = FormatId::q6_K;
  static constexpr int values = 256, bytes = 210, offset = 32, halves = 2;
  static constexpr bool wide = false, has_min = false;
  template <class Each>
  [[gnu::always_inline]] static inline void groups(const std::byte* block, Each& each) {
    const float d = half(block + 208);
    const auto* s = reinterpret_cast<const int8_t*>(block + 192);
    const auto group = [&](int j) [[gnu::always_inline]] {
      return Group{d * static_cast<float>(s[2 * j]), d * static_cast<float>(s[2 * j + 1]), 0};
    };
    for (int h = 0; h < 2; ++h) {
      const Bytes a = load(block + 64 * h), b = load(block + 64 * h + 32), pairs = load(block + 128 + 32 * h);
      each(4 * h, join<0>(nibble<0>(a), pairs), group(4 * h));
      each(4 * h + 1, join<2>(nibble<0>(b), pairs), group(4 * h + 1));
      each(4 * h + 2, join<4>(nibble<4>(a), pairs), group(4 * h + 2));
      each(4 * h + 3, join<6>(nibble<4>(b), pairs), group(4 * h + 3));
    }
  }
};

/// Rounds to the nearest of 255 steps, largest / 127 apart; a group of zeros, or of less than
/// least_activation, has scale 0.
static void quantize(const MatrixWork& w, uint64_t first, uint64_t last) {
  for (uint64_t group = first; group < last; ++group) {
    const float* x = w.x + group * activation_group;
    int8_t* q = w.quantized + group * activation_group;
    float largest = 0;
    for (uint32_t i = 0; i < activation_group; ++i) {
      const float size = __builtin_fabsf(x[i]);
      largest = size > largest ? size : largest;
    }
    const bool none = largest < least_activation;
    const float scale = none ? 0 : largest / 127, inverse = none ? 0 : 127 / largest;
    w.scales[group] = scale;
    for (uint32_t h = 0; h < 2; ++h) {
      int32_t sum = 0;
      for (uint32_t i = h * sum_group; i < (h + 1) * sum_group; ++i) {
        // Adding and taking away 1.5 * 2^23 rounds a float below 2^22 to the nearest whole number.
        const float rounded = (x[i] * inverse + 0x1.8p23F) - 0x1.8p23F;
        q[i] = static_cast<int8_t>(rounded);
        sum += q[i];
      }
      w.sums[2 * group + h] = sum;
    }
  }
}

template <class F>
struct DotGroup {
  const int8_t* x;
  const float* dx;
  const int32_t* sums;
  Lanes lanes;
  float rest;
  [[gnu::always_inline]] inline void operator()(int j, Bytes u, Group g) {
    const Bytes xq = load(x + 32 * j);
    const float first = g.first * dx[j], second = g.second * dx[j];
    lanes = add_scaled(lanes, F::wide ? dot_wide(u, xq) : dot(u, xq), first, second);
    if constexpr (F::has_min) {
      rest -= g.min * dx[j] * static_cast<float>(sums[2 * j] + sums[2 * j + 1]);
    } else if constexpr (F::offset != 0) {
      rest -= first * static_cast<float>(F::offset * sums[2 * j]) +
              second * static_cast<float>(F::offset * sums[2 * j + 1]);
    }
  }
};

template <class F>
static void gemv_quantized(const MatrixWork& w, uint64_t first, uint64_t last) {
  const uint32_t blocks = w.k / F::values;
  for (uint64_t row = first; row < last; ++row) {
    const std::byte* block = w.weights + row * w.row_bytes;
    DotGroup<F> each{w.quantized, w.scales, w.sums, no_lanes(), 0};
    for (uint32_t b = 0; b < blocks; ++b, block += F::bytes) {
      F::groups(block, each);
      each.x += F::values;
      each.dx += F::values / 32;
      each.sums += F::values / 16;
    }
    w.y[row] = total(each.lanes) + each.rest;
  }
}

constexpr int rows_together = row_lanes * row_vectors;

/// Puts one row's groups between the other rows': u as [value / 4][row][4], scales and mins as [group][row].
template <class F>
struct UnpackGroup {
  Panel* panel;
  int row, group;
  [[gnu::always_inline]] inline void operator()(int j, Bytes u, Group g) {
    uint32_t words[8];
    store(words, u);
    const int at = group + j;
    for (int i = 0; i < 8; ++i) {
      __builtin_memcpy(panel->bytes + ((at * 8 + i) * rows_together + row) * 4, &words[i], 4);
    }
    float* scales = panel->scales + at * F::halves * rows_together + row;
    scales[0] = g.first;
    if (F::halves == 2) scales[rows_together] = g.second;
    if (F::has_min) panel->mins[at * rows_together + row] = g.min;
  }
};

/// Adds `tokens` tokens' products with the panel of values [k0, k0 + count) to Y's rows [row, row + rows).
template <class F, int tokens>
static void multiply_panel(const MatrixWork& w, const Panel& panel, uint32_t t0, uint32_t k0, uint32_t count,
                           uint64_t row, int rows) {
  constexpr int steps = 8 / F::halves;  // of four values in a group with one scale
  const uint32_t groups = w.k / activation_group;
  RowFloats sums[tokens][row_vectors];
  for (int t = 0; t < tokens; ++t) {
    for (int v = 0; v < row_vectors; ++v) sums[t][v] = all_floats(0);
  }
  const int8_t* x = w.quantized + uint64_t{t0} * w.k + k0;
  const uint8_t* u = panel.bytes;
  for (uint32_t g = 0; g < count / 32; ++g) {
    const uint64_t at = uint64_t{t0} * groups + k0 / 32 + g;
    for (int h = 0; h < F::halves; ++h) {
      RowInts dots[tokens][row_vectors];
      for (int t = 0; t < tokens; ++t) {
        const int32_t* s = w.sums + 2 * (at + uint64_t{groups} * t);
        const int32_t start = F::offset == 0 ? 0 : -F::offset * (F::halves == 2 ? s[h] : s[0] + s[1]);
        for (int v = 0; v < row_vectors; ++v) dots[t][v] = all_ints(start);
      }
      for (int step = 0; step < steps; ++step, u += 4 * rows_together, x += 4) {
        for (int t = 0; t < tokens; ++t) {
          for (int v = 0; v < row_vectors; ++v) {
            dots[t][v] = dot4<F::wide>(dots[t][v], u + 4 * row_lanes * v, x + uint64_t{w.k} * t);
          }
        }
      }
      for (int v = 0; v < row_vectors; ++v) {
        const RowFloats scale = load_rows(panel.scales + (g * F::halves + h) * rows_together + v * row_lanes);
        for (int t = 0; t < tokens; ++t) {
          const RowFloats dx = all_floats(w.scales[at + uint64_t{groups} * t]);
          sums[t][v] = add_product(sums[t][v], to_floats(dots[t][v]), times(scale, dx));
        }
      }
    }
    if constexpr (F::has_min) {
      for (int v = 0; v < row_vectors; ++v) {
        const RowFloats min = load_rows(panel.mins + g * rows_together + v * row_lanes);
        for (int t = 0; t < tokens; ++t) {
          const uint64_t a = at + uint64_t{groups} * t;
          const float below = -w.scales[a] * static_cast<float>(w.sums[2 * a] + w.sums[2 * a + 1]);
          sums[t][v] = add_product(sums[t][v], min, all_floats(below));
        }
      }
    }
  }
  add_to_y<tokens>(w, sums, t0, k0 == 0, row, rows);
}

template <class F>
static void gemm_quantized(const MatrixWork& w, uint64_t first, uint64_t last, Panel& panel) {
  for (uint64_t row = first; row < last; row += rows_together) {
    const int rows = last - row < rows_together ? static_cast<int>(last - row) : rows_together;
    for (uint32_t k0 = 0; k0 < w.k; k0 += panel_values) {
      const uint32_t count = w.k - k0 < panel_values ? w.k - k0 : panel_values;
      for (int r = 0; r < rows_together; ++r) {
        // Rows past the end repeat the last one; their results are not stored.
        const uint64_t from = row + static_cast<uint64_t>(r < rows ? r : rows - 1);
        const std::byte* block = w.weights + from * w.row_bytes + k0 / F::values * F::bytes;
        UnpackGroup<F> each{&panel, r, 0};
        for (uint32_t b = 0; b < count / F::values; ++b, block += F::bytes) {
          F::groups(block, each);
          each.group += F::values / 32;
        }
      }
      uint32_t t = 0;
      for (; t + tokens_together <= w.n; t += tokens_together) {
        multiply_panel<F, tokens_together>(w, panel, t, k0, count, row, rows);
      }
      for (; t < w.n; ++t) multiply_panel<F, 1>(w, panel, t, k0, count, row, rows);
    }
  }
}
