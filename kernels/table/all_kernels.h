// The kernel table: every kernel there is. Tests, listings and the plan all read it.
#pragma once

#include <vector>

#include "kernels/kernel/kernel.h"

namespace weighin {

/// Every kernel that this program was built with, whether or not this machine can run it.
const std::vector<Kernel>& all_kernels();

/// The CPU's kernels for `problem` that a CPU with the features `simd` can run, in the order of the
/// instruction sets: the one that is usually fastest comes first. A race measures which is
/// (harness/timing/kernel_race.h).
std::vector<const Kernel*> kernels_for(const Problem& problem, const Simd& simd);
/// The same as a function of the problem.
KernelChoice kernels_of(const Simd& simd);

/// The kernels for `problem` that a GPU with these facts can run, in the table's order: the one that is
/// usually fastest comes first.
std::vector<const Kernel*> gpu_kernels_for(const Problem& problem, const GpuFacts& gpu);

}  // namespace weighin
