#include "harness/plan/slabs.h"

#include <algorithm>

namespace weighin {
namespace {

/// Weights of one timed decode call, for each thread. At 10 GB/s a thread this takes 0.4 ms, which is long
/// beside the few us of a fork and a join.
constexpr uint64_t gemv_slab_bytes = 4ull << 20;
/// A prefill call has as many operations for each thread as its peak arithmetic does in this time. Kernels
/// reach half to three quarters of that peak, so that a call takes 1.5 to 2 ms. Preparing the activations
/// once a call then weighs little, and a call still ends within a time slice of another program (3 to 8 ms).
constexpr double gemm_slab_s = 1e-3;
/// Weights of one timed prefill call, for each thread. Products of few tokens (those of an expert) would have
/// more in that time; they read them at the speed of memory, as decode does.
constexpr uint64_t most_gemm_slab_bytes = 8ull << 20;
/// Slabs have a multiple of this many rows for each thread, which are whole register tiles of every kernel,
/// and half as many, one panel (kernels/cpu/isa/matrix_functions.h), where so many would take longer than
/// `longest_slab_s` at peak arithmetic.
constexpr uint64_t slab_rows = 64, least_slab_rows = 32;
constexpr double longest_slab_s = 4e-3;
/// Operations of one call on a GPU. An integrated GPU of 1 TFLOP/s computes them in 20 ms, and a large GPU
/// still takes long enough over them to be filled.
constexpr double gpu_slab_operations = 2e10;

}  // namespace

Problem slab_of(const Problem& problem, uint32_t threads, uint64_t working_set_bytes,
                const ArithmeticRates& rates) {
  if (!is_matrix(problem.op)) return problem;
  const uint64_t row = std::max<uint64_t>(1, row_bytes(problem.format, problem.k));
  uint64_t most = gemv_slab_bytes * std::max(2u, threads) / row, step = slab_rows * threads;
  if (problem.op == Op::gemm) {
    const Op peak = peak_of(problem);
    const double rate = peak == Op::peak_int8 ? rates.int8 : peak == Op::peak_bf16 ? rates.bf16 : rates.fp32;
    const double row_s = 2.0 * problem.n * problem.k / rate;
    most = static_cast<uint64_t>(gemm_slab_s / row_s * threads);
    most = std::min(most, most_gemm_slab_bytes * threads / row);
    if (slab_rows * row_s > longest_slab_s) step = least_slab_rows * threads;
  }
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
