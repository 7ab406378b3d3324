// The peak arithmetic of this machine, measured in a few milliseconds before the plan is made.
#pragma once

#include <cstdint>

#include "harness/plan/slabs.h"
#include "harness/timing/measure.h"

namespace weighin {

/// Measures the peaks with `threads` threads and returns those of one thread, for slabs. Each is rounded to a
/// power of two times the default, so that two runs on one machine cut the same slabs. Where a peak cannot be
/// measured, the default stands.
ArithmeticRates measure_arithmetic(const KernelChoice& kernels, uint32_t threads);

}  // namespace weighin
