#include "harness/timing/arithmetic_rates.h"

#include <algorithm>
#include <cmath>

#include "harness/timing/switch_watch.h"

namespace weighin {
namespace {

/// A peak is timed by calls of at least this long, and the fastest of so many counts: an interruption only
/// makes a call slower.
constexpr double least_call_s = 0.2e-3;
constexpr int calls = 10;
/// The seconds that may be spent on calls that were disturbed.
constexpr double most_again_s = 0.05;
/// The operations of the first call, and the most that are tried.
constexpr uint64_t first_operations = 100'000, most_operations = 1'000'000'000'000;

/// No weights are read.
constexpr uint64_t no_weights = uint64_t{1} << 20;

/// The operations/s of all threads together; 0: no kernel measures that peak here.
double peak_rate(Op op, const KernelChoice& kernels, Workbench& bench) {
  SwitchWatch watch(bench.pool);
  double again_s = most_again_s;
  for (uint64_t operations = first_operations; operations <= most_operations; operations *= 4) {
    const Problem problem{.op = op, .m = operations};
    const auto found = kernels(problem);
    if (found.empty()) return 0;
    const auto prepared = found.front()->prepare(problem, bench);
    if (!prepared) return 0;
    double least_s = undisturbed_seconds(**prepared, 1, watch, again_s);
    for (int call = 1; call < calls && least_s >= least_call_s; ++call)
      least_s = std::min(least_s, undisturbed_seconds(**prepared, 1, watch, again_s));
    if (least_s >= least_call_s) return static_cast<double>(operations) / least_s;
  }
  return 0;
}

double rounded(double rate, double reference) {
  return rate <= 0 ? reference : reference * std::exp2(std::round(std::log2(rate / reference)));
}

}  // namespace

ArithmeticRates measure_arithmetic(const KernelChoice& kernels, uint32_t threads) {
  ThreadPool pool(threads);
  WeightPool weights(no_weights, no_weights);
  Workbench bench{.pool = pool, .weights = weights};
  const auto of_thread = [&](Op op, double reference) {
    return rounded(peak_rate(op, kernels, bench) / pool.threads(), reference);
  };
  const ArithmeticRates defaults;
  return {of_thread(Op::peak_fp32, defaults.fp32), of_thread(Op::peak_bf16, defaults.bf16),
          of_thread(Op::peak_int8, defaults.int8)};
}

}  // namespace weighin
