#include "harness/gpu/child.h"

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <regex>

#include "harness/gpu/tuning.h"
#include "harness/timing/runner.h"

namespace weighin {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = ChildEvent::Kind;

/// The share of the budget that the search may take. It is done once for each GPU and driver.
constexpr double search_share = 0.3;
/// How closely the limit of the memory that can be had is found.
constexpr uint64_t allocation_step = 64ull << 20;
/// The least memory for the CPU's weights, which no kernel of a GPU reads.
constexpr uint64_t no_weights = 1 << 20;

/// One job on an open GPU.
class GpuMeasuring {
 public:
  GpuMeasuring(const GpuJob& job, Gpu& gpu, const std::function<void(const ChildEvent&)>& tell)
      : job_(job),
        tell_(tell),
        weights_(gpu, job.working_set_bytes, job.memory_budget_bytes),
        bench_{gpu, weights_},
        begin_(Clock::now()) {}

  void run() {
    GpuTunings tunings(bench_.gpu.facts(), job_.tuned);
    tunings.search(
        workbench_, [this] { return passed_s() > search_share * job_.budget_s; },
        [this](const GpuTuning& tuning) { tell_({.kind = Kind::tuned, .tuning = tuning}); });
    bench_.tuned = tunings.parameters();
    choice_ = tunings.choice();
    auto outcome = measure();
    if (outcome && job_.allocate) allocate();
    if (!bench_.gpu.failure().empty()) return tell_({.kind = Kind::failed, .text = bench_.gpu.failure()});
    if (!outcome) return tell_({.kind = Kind::failed, .text = outcome.error()});
    tell_({.kind = Kind::finished, .text = std::string(outcome_name(*outcome))});
  }

 private:
  double passed_s() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }

  tl::expected<Outcome, std::string> measure() {
    const std::vector<PlanItem> plan = gpu_plan(job_);
    std::vector<PlanItem> items;
    std::map<Problem, size_t> numbers;
    const std::regex only(job_.only, std::regex::ECMAScript | std::regex::icase);
    for (size_t i = 0; i < plan.size(); ++i) {
      const Problem& problem = plan[i].problem;
      const bool wanted = job_.only.empty() || is_bound(problem.op) ||
                          std::regex_search(describe_item(plan[i], choice_(problem)), only);
      numbers[problem] = i;
      if (wanted && job_.done.count(i) == 0) items.push_back(plan[i]);
    }
    RunSettings settings{.kernels = choice_,
                         .working_set_bytes = no_weights,
                         .memory_budget_bytes = job_.memory_budget_bytes,
                         .storage_folder = "",
                         .budget_s = std::max(0.0, job_.budget_s - passed_s()),
                         .flags = {}};
    settings.gpu = &bench_;
    const RunHooks hooks{
        .stop = [] { return false; },
        .record = [&](const Measurement& row) -> tl::expected<void, std::string> {
          tell_({.kind = Kind::measured, .item = numbers.at(row.problem), .row = row});
          return {};
        },
        .progress =
            [&](const RunProgress& p) {
              tell_({.kind = Kind::began, .item = numbers.at(p.item->problem), .items = p.items});
            }};
    return run_plan(items, {}, settings, hooks);
  }

  /// Finds the most memory that can be allocated and written beside what is held now, to within a step.
  void allocate() {
    const auto kernels = choice_({.op = Op::allocate});
    if (kernels.empty()) return;
    Measurement best;
    std::string refused;
    uint64_t had = 0, not_had = job_.memory_budget_bytes + allocation_step;
    while (not_had - had > allocation_step) {
      const uint64_t bytes = had == 0 && best.samples.empty() && refused.empty() ? job_.memory_budget_bytes
                                                                                 : had + (not_had - had) / 2;
      const Problem problem{.op = Op::allocate, .m = bytes};
      tell_({.kind = Kind::began});
      auto prepared = kernels.front()->prepare(problem, workbench_);
      if (!bench_.gpu.failure().empty()) return;
      if (!prepared) {
        refused = prepared.error();
        not_had = bytes;
        continue;
      }
      (*prepared)->run();
      had = bytes;
      best.problem = problem;
      best.samples = {(*prepared)->own_seconds()};
    }
    best.kernel = kernels.front()->name;
    best.status = best.samples.empty() ? Status::failed : Status::measured;
    best.reason = refused;
    if (!best.samples.empty()) best.seconds = best.samples.front();
    tell_({.kind = Kind::measured, .row = best});
  }

  const GpuJob& job_;
  const std::function<void(const ChildEvent&)>& tell_;
  GpuWeightPool weights_;
  GpuBench bench_;
  Clock::time_point begin_;
  ThreadPool threads_{1};
  WeightPool no_cpu_weights_{no_weights, no_weights};
  Workbench workbench_{.pool = threads_, .weights = no_cpu_weights_, .gpu = &bench_};
  KernelChoice choice_;
};

}  // namespace

void measure_gpu(const GpuJob& job, const std::function<void(const ChildEvent&)>& tell) {
  const auto gpu = Gpu::open(job.gpu, {.driver = job.driver});
  if (!gpu) return tell({.kind = Kind::failed, .text = gpu.error()});
  const GpuFacts& facts = (*gpu)->facts();
  tell({.kind = Kind::opened,
        .text = fmt::format("{}, {} {}", facts.name, facts.driver, facts.driver_version)});
  GpuMeasuring(job, **gpu, tell).run();
}

}  // namespace weighin
