#include "harness/plan/slabs.h"

#include <algorithm>

namespace weighin {
namespace {

/// Weights of one timed decode call, for each thread. At 10 GB/s a thread this takes 0.4 ms, which is long
/// beside the few us of a fork and a join.
constexpr uint64_t gemv_slab_bytes = 4ull << 20;
/// Operations of one timed prefill call, for each thread. They take 2 to 5 ms at the rates that a core of
/// 2020 reaches (fp32 100, bf16 200, int8 400 GOP/s), so that preparing the activations once a call weighs as
/// little as in a whole matrix.
constexpr double fp32_slab_operations = 2e8, bf16_slab_operations = 4e8, int8_slab_operations = 8e8;
/// Slabs have a multiple of this many rows for each thread, which are whole register tiles of every kernel.
constexpr uint64_t slab_rows = 64;
/// Operations of one call on a GPU. An integrated GPU of 1 TFLOP/s computes them in 20 ms, and a large GPU
/// still takes long enough over them to be filled.
constexpr double gpu_slab_operations = 2e10;

}  // namespace

Problem slab_of(const Problem& problem, uint32_t threads, uint64_t working_set_bytes) {
  if (!is_matrix(problem.op)) return problem;
  const uint64_t row = std::max<uint64_t>(1, row_bytes(problem.format, problem.k));
  uint64_t most = gemv_slab_bytes * std::max(2u, threads) / row;
  if (problem.op == Op::gemm) {
    const Op peak = peak_of(problem);
    const double operations = peak == Op::peak_int8   ? int8_slab_operations
                              : peak == Op::peak_bf16 ? bf16_slab_operations
                                                      : fp32_slab_operations;
    most = static_cast<uint64_t>(operations * threads / (2.0 * problem.n * problem.k));
  }
  const uint64_t step = slab_rows * threads;
  most = std::max(step, most / step * step);
  Problem slab = problem;
  slab.m = std::min({problem.m, most, std::max<uint64_t>(1, working_set_bytes / 4 / row)});
  return slab;
}

Problem gpu_slab(const Problem& problem, uint64_t working_set_bytes) {
  if (!is_matrix(problem.op)) return problem;
  Problem slab = problem;
  const uint64_t row = std::max<uint64_t>(1, row_bytes(problem.format, problem.k));
  slab.m =
      std::min(slab.m, std::max<uint64_t>(slab_rows, working_set_bytes / 4 / row / slab_rows * slab_rows));
  if (problem.op != Op::gemm) return slab;
  const auto most = static_cast<uint64_t>(gpu_slab_operations / (2.0 * problem.n * problem.k));
  slab.m = std::min(slab.m, std::max(slab_rows, most / slab_rows * slab_rows));
  return slab;
}

}  // namespace weighin
