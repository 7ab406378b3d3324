// The small operations between matrices, row by row, and the cost of all threads meeting.
#pragma once

#include <vector>

#include "kernels/kernel.h"

namespace weighin {

/// cpu.{rms_norm,layer_norm,rope,softmax,swiglu,gelu}.<isa>, and cpu.barrier: one run of the thread pool with
/// nothing to do.
std::vector<Kernel> row_kernels();

}  // namespace weighin
