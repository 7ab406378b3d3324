// The bounds of a machine, as kernels: how fast it reads memory, and how fast it multiplies in registers.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// The kernels cpu.stream_read.ISA, cpu.peak_fp32.ISA, cpu.peak_bf16.ISA and cpu.peak_int8.ISA, of each set
/// that has a loop of its own. stream_read reads m bytes, rounded up to 64. The peaks do m operations,
/// rounded up to whole rounds of all threads.
std::vector<Kernel> bound_kernels();

}  // namespace weighin
