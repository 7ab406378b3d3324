// The small operations (norms, rotations, activation functions) in double precision, which kernels are
// compared with.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/operands/operands.h"
#include "kernels/problem/problem.h"
#include "kernels/reference/check.h"

namespace weighin {

/// Value `i` of one row [k] of rms_norm (b: weight), layer_norm (b: weight, c: bias), rope (b: cosines, c:
/// sines, [k/2] each), softmax, swiglu (a: gate, b: up) or gelu (tanh form). OpsFunctions says more of the
/// operands.
ReferenceValue reference_value(Op op, const float* a, const float* b, const float* c, uint32_t k, uint32_t i,
                               float epsilon);

/// The operands of a small operation, rows [rows][k]. Which row of b and c goes with a row of a depends on
/// the operation: norms have one row of weights for all, RoPE's angles are the token's, and SwiGLU's second
/// operand has a row for each.
struct RowOperands {
  Problem problem;
  uint64_t rows = 0;  // tokens; RoPE: tokens * heads
  Floats a, b, c;

  /// The row of `values` (b or c) that goes with row `row` of a.
  const float* row_of(const Floats& values, uint64_t row) const;
};

/// Ordinary data lies in (-6, 6); adversarial data reaches 1e16, of which the sum of squares stays finite.
RowOperands row_operands(const Problem& problem, Data data, uint64_t seed);

/// Whether a device computes with numbers below the least normal one, 2^-126, or may take them as zeros.
enum class Denormals : uint8_t { kept, kept_or_zero };

/// Compares `samples` outputs y[rows][k] of a small operation with the reference.
Check check_rows(const RowOperands& operands, std::span<const float> y, Denormals denormals, double tolerance,
                 uint32_t samples);

}  // namespace weighin
