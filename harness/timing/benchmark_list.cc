#include "harness/timing/benchmark_list.h"

#include <fmt/format.h>

#include <vector>

namespace weighin {
namespace {

/// Samples of the first pass: enough for a median with a range. More would take time from other items, and
/// fewer suffice where one sample takes milliseconds, as so many operations do.
constexpr unsigned first_samples = 5;
constexpr double long_operations = 1e8;

}  // namespace

std::string benchmark_name(const PlanItem& item, const KernelChoice& choice) {
  const Problem& p = item.problem;
  const auto kernels = choice(p);
  std::string name = kernels.empty() ? std::string(op_name(p.op)) : kernels.front()->name;
  if (p.m) name += fmt::format("/m:{}", p.m);
  if (p.n > 1) name += fmt::format("/n:{}", p.n);
  if (p.k) name += fmt::format("/k:{}", p.k);
  if (p.heads) name += fmt::format("/heads:{}/kv_heads:{}", p.heads, p.kv_heads);
  if (p.context) name += fmt::format("/context:{}", p.context);
  return name + fmt::format("/threads:{}", item.threads);
}

unsigned samples_of(const Problem& problem) {
  const bool is_long = cost_of(problem).operations > long_operations && !is_bound(problem.op);
  return is_long || problem.op == Op::storage_read ? samples_of_long : first_samples;
}

void list_benchmarks(std::span<const PlanItem> items, const KernelChoice& choice,
                     const BenchmarkFlags& flags) {
  std::vector<TimedBenchmark> benchmarks;
  for (const PlanItem& item : items)
    benchmarks.push_back({benchmark_name(item, choice), samples_of(item.problem), {}, {}, {}});
  run_benchmarks(benchmarks, flags);
}

}  // namespace weighin
