// Rows of a KV cache, a type a format: how many bytes a row of k values takes, and how V vectors of a row,
// from value `i` on, are read. Rows lie one after the other, on no particular boundary. Included after
// rows.inl; the words beside those it names:
//   load_f16, load_f16_part  f16 to f32; of the first `count` values, the others 0
//   load_i8                  `lanes` int8 to f32
//
// One query head multiplies as it reads, and many heads share what is read and widened once: load().

WEIGHIN_WORD F load_floats(const float* from) {  // within a type whose own load() hides it
  return load(from);
}

/// f16 values.
struct HalfRows {
  static constexpr uint32_t vectors = 1;     // that are best read together
  static constexpr bool whole_only = false;  // whether every row is a whole number of them
  static constexpr uint64_t bytes(uint32_t k) { return uint64_t{k} * 2; }

  template <uint32_t V>
  WEIGHIN_WORD void load(const std::byte* row, uint32_t i, F* to) {
#pragma GCC unroll 16
    for (uint32_t v = 0; v < V; ++v) to[v] = load_f16(at(row, i + v * lanes));
  }
  /// dot + the products of V vectors with q[0..].
  template <uint32_t V>
  WEIGHIN_WORD F add_product(const float* q, const std::byte* row, uint32_t i, F dot) {
#pragma GCC unroll 16
    for (uint32_t v = 0; v < V; ++v)
      dot = multiply_add(load_floats(q + v * lanes), load_f16(at(row, i + v * lanes)), dot);
    return dot;
  }
  /// totals[V] += weight * V vectors.
  template <uint32_t V>
  WEIGHIN_WORD void add_weighted(F weight, const std::byte* row, uint32_t i, F* totals) {
#pragma GCC unroll 16
    for (uint32_t v = 0; v < V; ++v)
      totals[v] = multiply_add(weight, load_f16(at(row, i + v * lanes)), totals[v]);
  }
  WEIGHIN_WORD F load_end(const std::byte* row, uint32_t i, uint32_t left) {
    return load_f16_part(at(row, i), left);
  }
  WEIGHIN_WORD const uint16_t* at(const std::byte* row, uint32_t i) {
    return reinterpret_cast<const uint16_t*>(row) + i;
  }
};

/// The f16 at `at`, on any boundary, in all lanes.
WEIGHIN_WORD F all_f16(const std::byte* at) {
  typedef uint16_t Halves __attribute__((vector_size(2 * lanes)));
  uint16_t bits;
  __builtin_memcpy(&bits, at, sizeof bits);
  const Halves all = bits - Halves{};
  return load_f16(reinterpret_cast<const uint16_t*>(&all));
}

/// q8_0 blocks: an f16 scale, then 32 int8.
struct Q8Rows {
  static constexpr uint32_t block_values = 32, block_bytes = 34;
  static constexpr uint32_t vectors = block_values / lanes;
  static constexpr bool whole_only = true;
  static constexpr uint64_t bytes(uint32_t k) { return uint64_t{k} / block_values * block_bytes; }

  /// Either V is a multiple of `vectors`, and `i` of V vectors, or all are of one block.
  template <uint32_t V>
  WEIGHIN_WORD void load(const std::byte* row, uint32_t i, F* to) {
    constexpr uint32_t of_block = V < vectors ? V : vectors;
#pragma GCC unroll 16
    for (uint32_t v = 0; v < V; v += of_block) {
      const std::byte* block = row + (i + v * lanes) / block_values * block_bytes;
      const std::byte* first = block + 2 + (V < vectors ? i % block_values : 0);
      const F scale = all_f16(block);
#pragma GCC unroll 32
      for (uint32_t j = 0; j < of_block; ++j) to[v + j] = scale * load_i8(first + j * lanes);
    }
  }
  /// The scale once a block, not once a vector.
  template <uint32_t V>
  WEIGHIN_WORD F add_product(const float* q, const std::byte* row, uint32_t i, F dot) {
    static_assert(V == vectors);
    const std::byte* block = row + i / block_values * block_bytes;
    F of_block = load_floats(q) * load_i8(block + 2);
#pragma GCC unroll 32
    for (uint32_t v = 1; v < V; ++v)
      of_block = multiply_add(load_floats(q + v * lanes), load_i8(block + 2 + v * lanes), of_block);
    return multiply_add(all_f16(block), of_block, dot);
  }
  template <uint32_t V>
  WEIGHIN_WORD void add_weighted(F weight, const std::byte* row, uint32_t i, F* totals) {
    constexpr uint32_t of_block = V < vectors ? V : vectors;
#pragma GCC unroll 16
    for (uint32_t v = 0; v < V; v += of_block) {
      const std::byte* block = row + (i + v * lanes) / block_values * block_bytes;
      const std::byte* first = block + 2 + (V < vectors ? i % block_values : 0);
      const F factor = weight * all_f16(block);
#pragma GCC unroll 32
      for (uint32_t j = 0; j < of_block; ++j)
        totals[v + j] = multiply_add(factor, load_i8(first + j * lanes), totals[v + j]);
    }
  }
  WEIGHIN_WORD F load_end(const std::byte*, uint32_t, uint32_t) {
    return F{};
  }  // rows have no such end
};
