// The bounds of a machine as kernels: how fast it reads memory and how fast it multiplies in registers.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// cpu.stream_read, cpu.peak_fp32, cpu.peak_bf16 and cpu.peak_int8, one row an instruction set that has its
/// own loop. stream_read: m bytes, rounded up to 64; peaks: m operations, rounded up to whole rounds of all
/// threads.
std::vector<Kernel> bound_kernels();

}  // namespace weighin
