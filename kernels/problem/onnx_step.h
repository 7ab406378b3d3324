// A step of an encoder as ONNX Runtime computes it.
#pragma once

#include <vector>

#include "kernels/problem/steps.h"

namespace weighin {

/// The operations of ONNX Runtime for `step`, which prefill_step() made for an encoder. A product contains
/// the rounding of its input and the sum with its bias, and a norm the sum with the residual, so neither
/// stands apart. A pooler is not of files that are exported for features. One run of the graph (submit) and
/// its nodes (dispatch) are added.
std::vector<ProblemUse> onnx_step(const std::vector<ProblemUse>& step);

}  // namespace weighin
