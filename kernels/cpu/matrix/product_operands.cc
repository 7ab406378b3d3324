#include "kernels/cpu/matrix/product_operands.h"

#include <algorithm>
#include <cstring>

namespace weighin {
namespace {

/// Slabs begin at multiples of so many blocks, which are whole units of every packing and whole lines of 64
/// bytes.
constexpr uint64_t blocks_together = 64;

/// Copies `count` values of `from`, at a multiple of `count` that `from_row` names, to `to_row` of `to`.
template <class T>
void copy_row_of(const Operands<T>& from, uint64_t from_row, Operands<T>& to, uint64_t to_row,
                 uint64_t count) {
  if (to.empty()) return;
  std::memcpy(&to[to_row * count], &from[from_row * count], count * sizeof(T));
}

}  // namespace

ProductInput::ProductInput(const MatrixFunctions& functions, uint64_t rows, uint32_t k, bool floats)
    : k_(k), span_(rounding_span(functions.activations, k)) {
  const size_t values = rows * k;
  if (floats) x_.resize(values);
  if (has_int8(functions.activations)) {
    quantized_.resize(values);
    scales_.resize(values / span_);
    sums_.resize(values / sum_group);
    group_sums_.resize(values / 32);
    min_factors_.resize(values / 32);
  }
  if (functions.activations == Activations::bf16) bf16_.resize(values);
}

ProductInput::ProductInput(const MatrixFunctions& functions, uint32_t n, uint32_t k, Data data, uint64_t seed,
                           ThreadPool& pool)
    : ProductInput(functions, n, k, false) {
  const uint64_t values = uint64_t{n} * k;
  x_ = activations(values, data, seed);
  if (!functions.round) return;
  MatrixWork work{};
  work.n = n;
  work.k = k;
  point(work);
  const uint64_t count = (values + span_ - 1) / span_;
  pool.run([&](uint32_t rank) {
    const Slice groups = slice_of(count, rank, pool.threads());
    functions.round(work, groups.first, groups.last);
  });
}

void ProductInput::point(MatrixWork& work, uint64_t first) {
  const uint64_t at = first * k_;
  if (!x_.empty()) work.x = x_.data() + at;
  if (!bf16_.empty()) work.bf16 = bf16_.data() + at;
  if (quantized_.empty()) return;
  work.quantized = quantized_.data() + at;
  work.scales = scales_.data() + at / span_;
  work.sums = sums_.data() + at / sum_group;
  work.group_sums = group_sums_.data() + at / 32;
  work.min_factors = min_factors_.data() + at / 32;
}

void ProductInput::copy_row(const ProductInput& from, uint32_t from_rows, uint32_t from_row, uint64_t first,
                            uint32_t rows, uint32_t row) {
  copy_row_of(from.x_, from_row, x_, first + row, k_);
  copy_row_of(from.bf16_, from_row, bf16_, first + row, k_);
  if (quantized_.empty()) return;
  for (uint32_t k0 = 0; k0 < k_; k0 += panel_values) {
    std::memcpy(&quantized_[first * k_ + quantized_at(rows, k_, row, k0)],
                &from.quantized_[quantized_at(from_rows, k_, from_row, k0)], std::min(panel_values, k_ - k0));
  }
  copy_row_of(from.scales_, from_row, scales_, first + row, k_ / span_);
  copy_row_of(from.sums_, from_row, sums_, first + row, k_ / sum_group);
  copy_row_of(from.group_sums_, from_row, group_sums_, first + row, k_ / 32);
  copy_row_of(from.min_factors_, from_row, min_factors_, first + row, k_ / 32);
}

uint64_t slab_grain(FormatId format) {
  return blocks_together * format_of(format).block_bytes;
}

uint64_t stored_rows(const MatrixFunctions& functions, uint64_t m) {
  const uint64_t unit = std::max(1U, functions.packing.rows);
  return (m + unit - 1) / unit * unit;
}

std::vector<std::byte> plain_row(const Weights& weights, const MatrixFunctions& functions,
                                 const std::byte* matrix, uint32_t k, uint64_t r) {
  const uint64_t bytes = row_bytes(functions.format, k), block = format_of(functions.format).block_bytes,
                 blocks = bytes / block;
  const uint64_t unit = std::max(1U, functions.packing.rows);
  const auto slab = static_cast<uint64_t>(matrix - weights.bytes.data()) / block;
  std::vector<std::byte> row(bytes);
  for (uint64_t b = 0; b < blocks; ++b) {
    const uint64_t at = (slab + (r / unit * blocks + b) * unit + r % unit) * block % weights.blocks.size();
    std::copy_n(weights.blocks.begin() + static_cast<ptrdiff_t>(at), block,
                row.begin() + static_cast<ptrdiff_t>(b * block));
  }
  return row;
}

/// A float sum rounds by 2^-24. Products of floats add at most k terms in a row (gemm). Products of quantized
/// weights add in int32, exactly, and then two float terms a group of 32 (for halves, offsets or mins), each
/// a product of up to four rounded factors. The constants allow for the sum over lanes and for the rounding
/// of the reference.
double tolerance_of(const MatrixFunctions& functions, uint32_t k) {
  return (has_int8(functions.activations) ? k / 16.0 + 32 : k + 128.0) * 0x1p-24;
}

/// A product of two small scales (below 2^-126) may have fewer than 24 bits before it is multiplied with a
/// dot product of up to 2^20. Products of bf16 take subnormal numbers as zeros (VDPBF16PS; Intel's Software
/// Developer's Manual, volume 2): weights below 2^-126 times activations up to 2^27.
double least_size(const MatrixFunctions& functions) {
  return functions.activations == Activations::bf16 ? 0x1p-60 : 0x1p-100;
}

}  // namespace weighin
