#include "harness/runner.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <chrono>
#include <map>
#include <memory>

#include "harness/statistics.h"

namespace weighin {
namespace {

using Clock = std::chrono::steady_clock;

/// Repetitions of one item: enough for a median with an interval; more would take breadth from the budget.
constexpr unsigned first_repetitions = 7;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Google Benchmark's own table is not ours to show: the command line prints.
class Quiet : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

double time_once(Prepared& prepared) {
  const Clock::time_point begin = Clock::now();
  prepared.run();
  const double outside = seconds_since(begin);
  return prepared.own_seconds() >= 0 ? prepared.own_seconds() : outside;
}

std::vector<double> time_through_benchmark(const std::string& name, Prepared& prepared,
                                           unsigned repetitions) {
  std::vector<double> samples;
  prepared.run();  // warm: pages, caches of instructions, clock
  benchmark::ClearRegisteredBenchmarks();
  benchmark::RegisterBenchmark(name.c_str(),
                               [&](benchmark::State& state) {
                                 for (auto _ : state) {
                                   samples.push_back(time_once(prepared));
                                   state.SetIterationTime(samples.back());
                                 }
                               })
      ->UseManualTime()
      ->Iterations(repetitions);
  Quiet quiet;
  benchmark::RunSpecifiedBenchmarks(&quiet, ".*");
  benchmark::ClearRegisteredBenchmarks();
  return samples;
}

Measurement unmeasured(const PlanItem& item, Status status, const std::string& reason) {
  Measurement result;
  result.kernel = op_name(item.problem.op);
  result.problem = item.problem;
  result.threads = item.threads;
  result.status = status;
  result.reason = reason;
  result.size_classes = item.size_classes;
  return result;
}

/// The machine's bounds at one thread count, as measured at the run's beginning.
struct Bounds {
  std::map<Op, double> per_second;  // bytes or operations
};

/// rate / min(bandwidth x intensity, peak), where the problem has work and both bounds are known.
std::optional<double> roofline_fraction(const Measurement& result, const Bounds& bounds) {
  const Cost cost = cost_of(result.problem);
  const auto bandwidth = bounds.per_second.find(Op::stream_read),
             peak = bounds.per_second.find(peak_of(result.problem));
  const bool has_work = cost.operations > 0 && cost.bytes() > 0 && !is_bound(result.problem.op);
  if (!has_work || bandwidth == bounds.per_second.end() || peak == bounds.per_second.end())
    return std::nullopt;
  return std::max(cost.bytes() / bandwidth->second, cost.operations / peak->second) / result.seconds;
}

}  // namespace

Measurement measure(const PlanItem& item, Workbench& bench, const Simd& simd, unsigned repetitions) {
  const auto kernels = kernels_for(item.problem, simd);
  if (kernels.empty()) {
    return unmeasured(item, Status::unsupported,
                      fmt::format("no kernel here computes {}", describe(item.problem)));
  }
  Measurement result = unmeasured(item, Status::failed, "");
  result.kernel = kernels.front()->name;
  auto prepared = kernels.front()->prepare(item.problem, bench);
  if (!prepared) {
    result.reason = prepared.error();
    return result;
  }
  const Check check = (*prepared)->check(64);
  result.error = check.error;
  if (!check.right()) {
    result.status = Status::wrong;
    result.reason =
        fmt::format("differs from the reference by {:.3g}, allowed is {:.3g}", check.error, check.tolerance);
    return result;
  }
  result.samples = time_through_benchmark(result.kernel, **prepared, repetitions);
  result.seconds = median(result.samples);
  result.spread = median_spread(result.samples);
  result.status = Status::measured;
  return result;
}

tl::expected<std::string, std::string> run_plan(
    std::span<const PlanItem> items, const Simd& simd, uint64_t working_set_bytes,
    uint64_t memory_budget_bytes, double budget_s, const std::function<bool()>& stop,
    const std::function<tl::expected<void, std::string>(const Measurement&)>& record,
    const std::function<void(const RunProgress&)>& progress) {
  const Clock::time_point begin = Clock::now();
  WeightPool weights(working_set_bytes, memory_budget_bytes);
  std::map<uint32_t, std::unique_ptr<ThreadPool>> pools;
  std::map<uint32_t, Bounds> bounds;
  std::string outcome = "finished";
  for (size_t i = 0; i < items.size(); ++i) {
    const PlanItem& item = items[i];
    if (outcome == "finished" && stop()) outcome = "interrupted";
    if (outcome == "finished" && seconds_since(begin) > budget_s && !is_bound(item.problem.op))
      outcome = "budget";
    Measurement result = unmeasured(item, Status::skipped, outcome);
    if (outcome == "finished") {
      auto& pool = pools[item.threads];
      if (!pool) {
        pools.clear();  // a team that only spins would take cores from the next one
        pools[item.threads] = std::make_unique<ThreadPool>(item.threads);
      }
      Workbench bench{.pool = *pools[item.threads], .weights = weights, .storage_folder = "", .seed = 1};
      result = measure(item, bench, simd, first_repetitions);
      Bounds& own = bounds[item.threads];
      if (result.status == Status::measured && is_bound(item.problem.op)) {
        const Cost cost = cost_of(item.problem);
        own.per_second[item.problem.op] =
            (cost.operations > 0 ? cost.operations : cost.bytes()) / result.seconds;
      } else if (result.status == Status::measured) {
        result.roofline_fraction = roofline_fraction(result, own);
      }
    }
    if (auto written = record(result); !written) return tl::unexpected(written.error());
    progress({i + 1, items.size(), seconds_since(begin)});
  }
  return outcome;
}

}  // namespace weighin
