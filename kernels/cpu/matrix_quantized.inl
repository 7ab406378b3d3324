// gemv and gemm over quantized weights, in the words of an isa_*.h. Every format is read as groups of 32
// unsigned bytes u, with for each half of 16 a scale s and an offset o: w = s * (u - o); q4_K has mins
// instead. Then w . x = s * dx * (u . xq - o * sum(xq)), all in int32 but the scales.

/// Two halves' scales and mins; a min is subtracted as it is: w = s * u - min.
struct Group {
  float first, second, min;
};

struct Q8_0 {
  static constexpr FormatId id = FormatId::q8_0;
  static constexpr uint32_t scale_values = activation_group;
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
  static constexpr uint32_t scale_values = activation_group;
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
  static constexpr uint32_t scale_values = activation_block;
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
  static constexpr uint32_t scale_values = activation_block;
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

/// Rounds groups of `span` values to the nearest of 255 steps, largest / 127 apart; a group of zeros, or of
/// less than least_activation, has scale 0. Sizes are compared as their bits, which is what vectorizes.
template <uint32_t span>
static void round_to_int8(const MatrixWork& w, uint64_t first, uint64_t last) {
  for (uint64_t group = first; group < last; ++group) {
    // Copies of its own: what is written as bytes might else be any of what is read.
    float x[span];
    uint32_t bits[span], largest_bits = 0;
    int8_t q[span];
    __builtin_memcpy(x, w.x + group * span, sizeof x);
    __builtin_memcpy(bits, x, sizeof bits);
    for (uint32_t i = 0; i < span; ++i) {
      const uint32_t size = bits[i] & 0x7fffffff;
      largest_bits = size > largest_bits ? size : largest_bits;
    }
    float largest;
    __builtin_memcpy(&largest, &largest_bits, sizeof largest);
    const bool none = largest < least_activation;
    const float inverse = none ? 0 : 127 / largest;
    for (uint32_t i = 0; i < span; ++i) {
      // Adding and taking away 1.5 * 2^23 rounds a float below 2^22 to the nearest whole number.
      q[i] = static_cast<int8_t>(static_cast<int32_t>((x[i] * inverse + 0x1.8p23F) - 0x1.8p23F));
    }
    w.scales[group] = none ? 0 : largest / 127;
    __builtin_memcpy(w.quantized + group * span, q, sizeof q);
    for (uint32_t h = 0; h < span / sum_group; ++h) {
      int32_t sum = 0;
      for (uint32_t i = h * sum_group; i < (h + 1) * sum_group; ++i) sum += q[i];
      w.sums[group * (span / sum_group) + h] = sum;
    }
    for (uint32_t g = 0; g < span / 32; ++g) {
      const int32_t* halves = w.sums + group * (span / sum_group) + 2 * uint64_t{g};
      w.min_factors[group * (span / 32) + g] = -static_cast<float>(halves[0] + halves[1]);
    }
  }
}

template <class F>
struct DotGroup {
  const int8_t* x;
  const float* dx;
  const int32_t* sums;
  const float* min_factors;
  Lanes lanes;
  float rest;
  [[gnu::always_inline]] inline void operator()(int j, Bytes u, Group g) {
    const Bytes xq = load(x + 32 * j);
    const float d = dx[32 * j / F::scale_values], first = g.first * d, second = g.second * d;
    lanes = add_scaled(lanes, F::wide ? dot_wide(u, xq) : dot(u, xq), first, second);
    if constexpr (F::has_min) {
      rest += g.min * d * min_factors[j];
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
    DotGroup<F> each{w.quantized, w.scales, w.sums, w.min_factors, no_lanes(), 0};
    for (uint32_t b = 0; b < blocks; ++b, block += F::bytes) {
      F::groups(block, each);
      each.x += F::values;
      each.dx += F::values / F::scale_values;
      each.sums += F::values / 16;
      each.min_factors += F::values / 32;
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

/// The products of `tokens` tokens and the panel's group `g`: scale * (u . x - offset * sum(x)) - min *
/// sum(x) is added to `sums`, but for the activations' scale where it spans more than the group. Registers
/// hold tokens x row_vectors dot products; each step is row_vectors weights loaded, a word of each token
/// broadcast, and one product of each pair. Bound by these: 8 a group, beside one or two float products.
template <class F, int tokens>
[[gnu::always_inline]] static inline void multiply_group(const MatrixWork& w, const Panel& panel, uint32_t t0,
                                                         uint32_t k0, uint32_t g,
                                                         RowFloats (&sums)[tokens][row_vectors]) {
  constexpr int steps = 8 / F::halves;  // of four values in a part with one weight scale
  const uint64_t groups = w.k / 32, spans = w.k / F::scale_values, at = t0 * groups + k0 / 32 + g;
  const int8_t* x = w.quantized + 32 * at;
  const uint8_t* u = panel.bytes + uint64_t{g} * 32 * rows_together;
  for (int h = 0; h < F::halves; ++h) {
    RowInts dots[tokens][row_vectors];
    for (int t = 0; t < tokens; ++t) {
      const int32_t* s = w.sums + 2 * (at + groups * t);
      const int32_t start = F::offset == 0 ? 0 : -F::offset * (F::halves == 2 ? s[h] : s[0] + s[1]);
      for (int v = 0; v < row_vectors; ++v) dots[t][v] = all_ints(start);
    }
#pragma GCC unroll 8
    for (int step = 0; step < steps; ++step, u += 4 * rows_together, x += 4) {
      RowBytes q[row_vectors];
      for (int v = 0; v < row_vectors; ++v) q[v] = load_row_bytes(u + 4 * row_lanes * v);
      for (int t = 0; t < tokens; ++t) {
        for (int v = 0; v < row_vectors; ++v) {
          dots[t][v] = dot4<F::wide>(dots[t][v], q[v], x + uint64_t{w.k} * t);
        }
      }
    }
    for (int v = 0; v < row_vectors; ++v) {
      const RowFloats scale = load_rows(panel.scales + (g * F::halves + h) * rows_together + v * row_lanes);
      for (int t = 0; t < tokens; ++t) {
        RowFloats of_token = scale;
        if constexpr (F::scale_values == 32) of_token = times(scale, all_floats(w.scales[at + spans * t]));
        sums[t][v] = add_product(sums[t][v], to_floats(dots[t][v]), of_token);
      }
    }
  }
  if constexpr (F::has_min) {
    for (int v = 0; v < row_vectors; ++v) {
      const RowFloats min = load_rows(panel.mins + g * rows_together + v * row_lanes);
      for (int t = 0; t < tokens; ++t) {
        sums[t][v] = add_product(sums[t][v], min, all_floats(w.min_factors[at + groups * t]));
      }
    }
  }
}

/// Adds `tokens` tokens' products with the panel of values [k0, k0 + count) to Y's rows [row, row + rows).
template <class F, int tokens>
static void multiply_panel(const MatrixWork& w, const Panel& panel, uint32_t t0, uint32_t k0, uint32_t count,
                           uint64_t row, int rows) {
  // Where a scale of the activations spans a group, all sums stay in registers; where it spans more, a
  // span's.
  constexpr bool long_spans = F::scale_values > activation_group;
  const uint32_t groups = count / 32, at_once = long_spans ? F::scale_values / 32 : groups;
  const uint64_t spans = w.k / F::scale_values;
  for (uint32_t g0 = 0; g0 < groups; g0 += at_once) {
    RowFloats sums[tokens][row_vectors];
    for (int t = 0; t < tokens; ++t) {
      for (int v = 0; v < row_vectors; ++v) sums[t][v] = all_floats(0);
    }
    for (uint32_t g = g0; g < g0 + at_once; ++g) multiply_group<F, tokens>(w, panel, t0, k0, g, sums);
    if constexpr (long_spans) {
      const float* dx = w.scales + t0 * spans + (k0 + 32 * g0) / F::scale_values;
      for (int t = 0; t < tokens; ++t) {
        for (int v = 0; v < row_vectors; ++v) sums[t][v] = times(sums[t][v], all_floats(dx[spans * t]));
      }
    }
    add_to_y<tokens>(w, sums, t0, k0 + g0 == 0, row, rows);
  }
}

template <class F>
static void multiply_all_tokens(const MatrixWork& w, const Panel& panel, uint32_t k0, uint32_t count,
                                uint64_t row, int rows) {
  uint32_t t = 0;
  for (; t + tokens_together <= w.n; t += tokens_together) {
    multiply_panel<F, tokens_together>(w, panel, t, k0, count, row, rows);
  }
  for (; t + 2 <= w.n; t += 2) multiply_panel<F, 2>(w, panel, t, k0, count, row, rows);
  for (; t < w.n; ++t) multiply_panel<F, 1>(w, panel, t, k0, count, row, rows);
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
      multiply_all_tokens<F>(w, panel, k0, count, row, rows);
    }
  }
}
