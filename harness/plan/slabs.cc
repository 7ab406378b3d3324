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

/// Of a prompt's experts: operations of one call, for each thread, as a time at peak arithmetic. Experts have
/// unlike numbers of tokens, so that a call needs several experts and enough rows of each.
constexpr double experts_slab_s = 2.5e-3;
/// Rows of an expert of a prompt. Copying its tokens' activations together takes as long whatever the rows, a
/// twentieth of the product of so many.
constexpr uint64_t least_expert_rows = 512;
/// All matrices that a call draws from. They then rotate through the least working set, which is twice as
/// large (run/memory_shares.h).
constexpr uint64_t most_experts_bytes = 32ull << 20;

/// Arithmetic of one thread that bounds `problem`, in operations/s.
double rate_of(const Problem& problem, const ArithmeticRates& rates) {
  const Op peak = peak_of(problem);
  return peak == Op::peak_int8 ? rates.int8 : peak == Op::peak_bf16 ? rates.bf16 : rates.fp32;
}

/// Experts that are drawn from, tokens and rows are cut, so that every expert keeps its number of tokens.
Problem experts_slab(Problem slab, uint32_t threads, uint64_t working_set_bytes,
                     const ArithmeticRates& rates) {
  const uint64_t row = std::max<uint64_t>(1, row_bytes(slab.format, slab.k));
  const auto cut_rows = [&](uint64_t most, uint64_t least) {
    slab.m = std::min(slab.m, std::max(least, most / slab_rows * slab_rows));
  };
  const auto halve = [&] {
    // Twice as many experts as a token uses remain, so that each token uses others.
    const bool halves = slab.heads % 2 == 0 && slab.heads >= 4 * slab.kv_heads;
    if (!halves || (slab.n > 1 && slab.n % 2 != 0)) return false;
    slab.heads /= 2;
    slab.n = std::max(1U, slab.n / 2);
    return true;
  };
  if (slab.n == 1) {
    cut_rows(gemv_slab_bytes * std::max(2u, threads) / row / slab.kv_heads, slab_rows);
  } else {
    const double most = experts_slab_s * threads * rate_of(slab, rates);
    while (cost_of(slab).operations > most && halve()) {
    }
    cut_rows(static_cast<uint64_t>(most / (2.0 * slab.n * slab.k * slab.kv_heads)), least_expert_rows);
  }
  const uint64_t most_bytes = std::min(most_experts_bytes, working_set_bytes / 4);
  while (slab.heads * slab.m * row > most_bytes && halve()) {
  }
  slab.m = std::min(slab.m, std::max<uint64_t>(1, most_bytes / row / slab.heads));
  return slab;
}

}  // namespace

Problem slab_of(const Problem& problem, uint32_t threads, uint64_t working_set_bytes,
                const ArithmeticRates& rates) {
  if (problem.op == Op::expert_products) return experts_slab(problem, threads, working_set_bytes, rates);
  if (!is_matrix(problem.op)) return problem;
  const uint64_t row = std::max<uint64_t>(1, row_bytes(problem.format, problem.k));
  uint64_t most = gemv_slab_bytes * std::max(2u, threads) / row, step = slab_rows * threads;
  if (problem.op == Op::gemm) {
    const double row_s = 2.0 * problem.n * problem.k / rate_of(problem, rates);
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
