// Rows of a KV cache, one type a format: how many bytes a row of k values takes, and how V vectors of a row,
// from value `i` on, are read. Rows lie one after the other, on no particular boundary. One query head
// multiplies as it reads (add_product, add_weighted); several heads share vectors that are read and widened
// once (load_vectors).

/// f16 values.
struct HalfRows {
  static constexpr uint32_t vectors = 1;     // how many are best read at once
  static constexpr bool whole_only = false;  // whether every row is a whole number of `vectors`
  static constexpr uint64_t bytes(uint32_t k) { return uint64_t{k} * 2; }

  template <uint32_t V>
  WEIGHIN_WORD void load_vectors(const std::byte* row, uint32_t i, F32* to) {
#pragma GCC unroll 16
    for (uint32_t v = 0; v < V; ++v) to[v] = load_f16(at(row, i + v * lanes));
  }
  /// `dot` and the products of V vectors with q[0..].
  template <uint32_t V>
  WEIGHIN_WORD F32 add_product(const float* q, const std::byte* row, uint32_t i, F32 dot) {
#pragma GCC unroll 16
    for (uint32_t v = 0; v < V; ++v)
      dot = multiply_add(load_f32(q + v * lanes), load_f16(at(row, i + v * lanes)), dot);
    return dot;
  }
  /// Adds weight * V vectors to totals[V].
  template <uint32_t V>
  WEIGHIN_WORD void add_weighted(F32 weight, const std::byte* row, uint32_t i, F32* totals) {
#pragma GCC unroll 16
    for (uint32_t v = 0; v < V; ++v)
      totals[v] = multiply_add(weight, load_f16(at(row, i + v * lanes)), totals[v]);
  }
  WEIGHIN_WORD F32 load_end(const std::byte* row, uint32_t i, uint32_t left) {
    return load_f16_part(at(row, i), left);
  }
  WEIGHIN_WORD const uint16_t* at(const std::byte* row, uint32_t i) {
    return reinterpret_cast<const uint16_t*>(row) + i;
  }
};

/// The f16 at `at`, which may lie on any boundary, in all lanes.
WEIGHIN_WORD F32 all_f16(const std::byte* at) {
  typedef uint16_t Halves __attribute__((vector_size(2 * lanes)));
  uint16_t bits;
  __builtin_memcpy(&bits, at, sizeof bits);
  const Halves all = bits - Halves{};
  return load_f16(reinterpret_cast<const uint16_t*>(&all));
}

/// Blocks of q8_0: an f16 scale, then 32 int8.
struct Q8Rows {
  static constexpr uint32_t block_values = 32, block_bytes = 34;
  static constexpr uint32_t vectors = block_values / lanes;
  static constexpr bool whole_only = true;
  static constexpr uint64_t bytes(uint32_t k) { return uint64_t{k} / block_values * block_bytes; }

  /// Either V is a multiple of `vectors` and `i` one of V vectors, or all V vectors lie in one block.
  template <uint32_t V>
  WEIGHIN_WORD void load_vectors(const std::byte* row, uint32_t i, F32* to) {
    constexpr uint32_t of_block = V < vectors ? V : vectors;
#pragma GCC unroll 16
    for (uint32_t v = 0; v < V; v += of_block) {
      const std::byte* block = row + (i + v * lanes) / block_values * block_bytes;
      const std::byte* first = block + 2 + (V < vectors ? i % block_values : 0);
      const F32 scale = all_f16(block);
#pragma GCC unroll 32
      for (uint32_t j = 0; j < of_block; ++j) to[v + j] = scale * load_i8(first + j * lanes);
    }
  }
  /// Multiplies with the scale once a block, not once a vector.
  template <uint32_t V>
  WEIGHIN_WORD F32 add_product(const float* q, const std::byte* row, uint32_t i, F32 dot) {
    static_assert(V == vectors);
    const std::byte* block = row + i / block_values * block_bytes;
    F32 of_block = load_f32(q) * load_i8(block + 2);
#pragma GCC unroll 32
    for (uint32_t v = 1; v < V; ++v)
      of_block = multiply_add(load_f32(q + v * lanes), load_i8(block + 2 + v * lanes), of_block);
    return multiply_add(all_f16(block), of_block, dot);
  }
  template <uint32_t V>
  WEIGHIN_WORD void add_weighted(F32 weight, const std::byte* row, uint32_t i, F32* totals) {
    constexpr uint32_t of_block = V < vectors ? V : vectors;
#pragma GCC unroll 16
    for (uint32_t v = 0; v < V; v += of_block) {
      const std::byte* block = row + (i + v * lanes) / block_values * block_bytes;
      const std::byte* first = block + 2 + (V < vectors ? i % block_values : 0);
      const F32 factor = weight * all_f16(block);
#pragma GCC unroll 32
      for (uint32_t j = 0; j < of_block; ++j)
        totals[v + j] = multiply_add(factor, load_i8(first + j * lanes), totals[v + j]);
    }
  }
  WEIGHIN_WORD F32 load_end(const std::byte*, uint32_t, uint32_t) {
    return F32{};  // a row is whole blocks
  }
};
