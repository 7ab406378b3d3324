// The small operations between matrices, row by row.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// The kernels cpu.{rms_norm,layer_norm,rope,softmax,swiglu,gelu}.ISA.
std::vector<Kernel> row_kernels();

}  // namespace weighin
