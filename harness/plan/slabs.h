// Slabs: how much of a matrix is timed. A slab has the matrix's exact k and n, and some of its rows.
#pragma once

#include <cstdint>

#include "kernels/problem/problem.h"

namespace weighin {

/// The peak arithmetic of one thread, in operations/s. The defaults are what a core of 2020 reaches; a run
/// measures the machine's own (timing/arithmetic_rates.h).
struct ArithmeticRates {
  double fp32 = 100e9, bf16 = 200e9, int8 = 400e9;
};

/// `problem` cut to a slab for `threads` threads of a CPU that has `rates`. One call takes long beside a fork
/// and a join, but short beside the budget (constants in slabs.cc). Its weights are at most a quarter of
/// `working_set_bytes`, so that calls rotate through the working set. Small problems stay whole, and so does
/// everything that is not a product. Products of experts keep the tokens that reach each expert, and have
/// fewer experts to draw from, and fewer tokens.
Problem slab_of(const Problem& problem, uint32_t threads, uint64_t working_set_bytes,
                const ArithmeticRates& rates = {});

/// The same for a GPU: matrices stay whole up to a quarter of the working set, and up to what a GPU computes
/// in 20 ms.
Problem gpu_slab(const Problem& problem, uint64_t working_set_bytes);

}  // namespace weighin
