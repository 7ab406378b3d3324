// Which operations of ONNX Runtime are measured: those of the catalogue's encoders.
#pragma once

#include <vector>

#include "kernels/problem/problem.h"

namespace weighin {

/// The problems to measure, in the order of their worth: first what every model needs, then those of the
/// encoders whose layers have the sizes that most encoders of the catalogue have, in onnx-fp32, onnx-int8,
/// onnx-q4 and onnx-fp16. Of products of one format whose sizes are alike one is taken.
std::vector<Problem> onnx_problems();

}  // namespace weighin
