// The reference of matrix products: plain sums in double precision over exactly decoded weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/operands/activations.h"
#include "models/format/format.h"

namespace weighin {

struct ReferenceDot {
  double sum = 0;   // of w[i] * x[i]
  double size = 0;  // of |x[i]| and the size of w[i]'s terms: what rounding errors are relative to
};

/// One row of weights, decoded.
struct ReferenceRow {
  std::vector<double> values;  // [k]
  std::vector<double> sizes;   // [k]: of the terms kernels make each of (FormatCodec::term_sizes)
};

/// `k` values (whole blocks) of `format`.
ReferenceRow reference_row(FormatId format, const std::byte* row, uint32_t k);

/// A row of weights or activations as matrix units take it: halves, scaled by the power of two (2^-120 to
/// 2^120) that brings the largest to below 1; what would be a denormal half is zero.
void round_to_halves(std::span<double> row);

/// x[k] as a kernel takes it; k a whole number of groups where `to` has groups.
std::vector<double> reference_activations(const float* x, uint32_t k, Activations to);

/// One row times x[k].
ReferenceDot reference_dot(const ReferenceRow& row, const std::vector<double>& x);

}  // namespace weighin
