// What it costs that all threads of a team meet.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// cpu.barrier: one run of the thread pool with nothing to do.
std::vector<Kernel> barrier_kernels();

}  // namespace weighin
