// The reference of matrix products, and of what comes with them: rounded activations and rows of embeddings.
// Products are plain sums in double precision over exactly decoded weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/operands/activations.h"
#include "kernels/reference/check.h"
#include "models/format/format.h"

namespace weighin {

struct ReferenceDot {
  double sum = 0;   // of w[i] * x[i]
  double size = 0;  // of |x[i]| times the size of w[i]'s terms: rounding errors are relative to it
};

/// One decoded row of weights.
struct ReferenceRow {
  std::vector<double> values;  // [k]
  std::vector<double> sizes;   // [k]: of the terms of each value (FormatCodec::term_sizes)
};

/// `k` values, which are whole blocks, of `format`.
ReferenceRow reference_row(FormatId format, const std::byte* row, uint32_t k);

/// Rounds a row of weights or activations to what matrix units take: halves, scaled by the power of two
/// (2^-120 to 2^120) that brings the largest to below 1. What would be a denormal half becomes zero.
void round_to_halves(std::span<double> row);

/// x[k] as a kernel takes it. k is a whole number of groups where `to` has groups.
std::vector<double> reference_activations(const float* x, uint32_t k, Activations to);

/// The product of one row with x[k].
ReferenceDot reference_dot(const ReferenceRow& row, const std::vector<double>& x);

/// The outputs of a product, and what they were computed from.
struct ProductOutputs {
  std::span<const float> y;  // [n][m]
  uint64_t m = 0;
  uint32_t k = 0;
  std::function<ReferenceRow(uint64_t row)> weights;  // a row of W, exactly as the kernel takes it
  std::span<const float> x;                           // [n][k], before it is rounded
  Activations activations = Activations::floats;      // what the kernel rounds X to
  std::span<const float> row_scales{};                // [m]: each row's own scale; empty: there are none
  double least_size = 0;  // terms whose sizes sum to less are compared as if they summed to this
};

/// Compares `samples` outputs of a product (check_outputs() says which) with the reference.
Check check_product(const ProductOutputs& outputs, double tolerance, uint32_t samples);

/// Compares `samples` outputs of an embedding look-up, y[n][k], with the rows of weights that were looked up.
/// An output may be off by `least_off` whatever its size: what a device loses that takes denormals as zeros.
Check check_embedding(std::span<const float> y, uint32_t k,
                      const std::function<ReferenceRow(uint64_t token)>& row_of, double tolerance,
                      double least_off, uint32_t samples);

/// The largest error of activations x that were rounded to int8 with one scale, relative to the largest of
/// them. Values that are all below least_activation must have become zeros: the error is then 0, or else 1.
double int8_rounding_error(std::span<const float> x, const int8_t* rounded, double scale, double largest);

/// The largest absolute value of `x`; 0 where it is below least_activation, since it is then rounded to zero.
double largest_activation(std::span<const float> x);

/// The tolerance of int8_rounding_error(): half a step, whichever way a tie goes, and the rounding of the
/// scale.
inline constexpr double int8_rounding_tolerance = (0.5 + 0x1p-10) / 127;

}  // namespace weighin
