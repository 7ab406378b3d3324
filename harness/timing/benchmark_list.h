// What Google Benchmark is told of the items of a plan: their names, and how many samples are taken of each.
#pragma once

#include <span>
#include <string>

#include "harness/plan/plan.h"
#include "harness/timing/benchmark_adapter.h"
#include "kernels/kernel/kernel.h"

namespace weighin {

/// Samples of the first pass where one takes milliseconds.
inline constexpr unsigned samples_of_long = 3;

/// "cpu.gemv.q4_0.avx2/m:2048/k:2048/threads:2": arguments are written as Google Benchmark does it.
std::string benchmark_name(const PlanItem& item, const KernelChoice& choice);

/// How many samples the first pass takes at least.
unsigned samples_of(const Problem& problem);

/// Prints Google Benchmark's own list of `items` (--benchmark_list_tests).
void list_benchmarks(std::span<const PlanItem> items, const KernelChoice& kernels,
                     const BenchmarkFlags& flags);

}  // namespace weighin
