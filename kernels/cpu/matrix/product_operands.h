// What kernels of matrix products have in common besides their functions: the forms of the activations, how
// weights lie in a slab, and the tolerance of their check.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/cpu/isa/matrix_functions.h"
#include "kernels/operands/operands.h"
#include "kernels/operands/weight_pool.h"

namespace weighin {

/// The ways of asking ahead that are worth a try. Measured on Sapphire Rapids, where 4 KiB to 16 KiB into the
/// level-2 cache are alike and best for most formats, and 2 KiB into the level-1 cache for q6_K.
struct AheadName {
  Ahead ahead;
  const char* name;
};
inline constexpr AheadName ahead_names[] = {
    {{.bytes = 4 << 10}, ".ahead4k"},
    {{.bytes = 16 << 10}, ".ahead16k"},
    {{.bytes = 2 << 10, .into_level1 = true}, ".ahead2k_l1"},
};

/// Activations X[n][k] in the forms that the functions of a product may read.
class ProductInput {
 public:
  ProductInput() = default;
  /// Memory for `rows` rows of k values in the forms that `functions` round to, and as floats where `floats`.
  ProductInput(const MatrixFunctions& functions, uint64_t rows, uint32_t k, bool floats);
  /// The same, filled with activations and rounded by `pool`.
  ProductInput(const MatrixFunctions& functions, uint32_t n, uint32_t k, Data data, uint64_t seed,
               ThreadPool& pool);

  /// Lets `work` read the rows from `first` on. Its n rows must have been rounded or copied as rows of one
  /// product.
  void point(MatrixWork& work, uint64_t first = 0);
  /// Copies row `from_row` of `from`, which has `from_rows` rows, to row `row` of the `rows` rows of a
  /// product that begin at row `first`.
  void copy_row(const ProductInput& from, uint32_t from_rows, uint32_t from_row, uint64_t first,
                uint32_t rows, uint32_t row);

  const Floats& floats() const { return x_; }

 private:
  uint32_t k_ = 0, span_ = 1;
  Floats x_, scales_, min_factors_;
  Operands<int8_t> quantized_;
  Operands<uint16_t> bf16_;
  Operands<int16_t> sums_, group_sums_;
};

/// Slabs begin at multiples of so many bytes: whole units of every packing and whole cache lines.
uint64_t slab_grain(FormatId format);

/// The rows that a matrix of `m` rows has in memory: packed rows are whole units.
uint64_t stored_rows(const MatrixFunctions& functions, uint64_t m);

/// Row `r` of the matrix that lies at `matrix` in `weights`, in the order of the format: the blocks that it
/// was packed from.
std::vector<std::byte> plain_row(const Weights& weights, const MatrixFunctions& functions,
                                 const std::byte* matrix, uint32_t k, uint64_t r);

/// The tolerance of a product's check, relative to the size of the terms.
double tolerance_of(const MatrixFunctions& functions, uint32_t k);

/// A sum whose terms are smaller than this is compared as if they had this size.
double least_size(const MatrixFunctions& functions);

}  // namespace weighin
