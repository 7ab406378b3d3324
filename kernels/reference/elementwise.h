// The small operations in double precision: the truth fast kernels are compared with.
#pragma once

#include <cstdint>

#include "kernels/problem/problem.h"

namespace weighin {

/// One value and the size of the terms it is made of, which a rounding error is relative to.
struct Truth {
  double value = 0;
  double size = 0;
};

/// Value `i` of one row [k] of rms_norm (b weight), layer_norm (b weight, c bias), rope (b cosines, c sines,
/// [k/2] each), softmax, swiglu (a gate, b up) or gelu (tanh form); see OpsFunctions for the operands.
Truth row_truth(Op op, const float* a, const float* b, const float* c, uint32_t k, uint32_t i, float epsilon);

}  // namespace weighin
