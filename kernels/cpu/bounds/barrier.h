// What a barrier of all threads of a team costs.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// The kernel cpu.barrier: one run of the thread pool with nothing to do.
std::vector<Kernel> barrier_kernels();

}  // namespace weighin
