#include "harness/decode/composition.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/plan/slabs.h"

namespace weighin {

tl::expected<Composition, std::string> Composition::prepare(const std::vector<ProblemUse>& step,
                                                            Workbench& bench, const MeasureContext& context) {
  Composition composition;
  composition.step_ = step;
  std::vector<Problem> problems{{.op = Op::barrier}};
  for (const ProblemUse& use : step) {
    const Problem slab = slab_of(use.problem, bench.pool.threads(), bench.weights.working_set_bytes());
    if (std::find(problems.begin(), problems.end(), slab) == problems.end()) problems.push_back(slab);
  }
  for (const Problem& problem : problems) {
    std::vector<Measurement> wrong;
    const PlanItem item{problem, bench.pool.threads(), {}};
    auto timed = TimedItem::prepare(item, context, wrong);
    if (!timed) {
      // As in a run, what no kernel here computes is no part of the sum (for example bf16 that is not
      // rounded).
      Measurement absent = timed.error();
      if (absent.status != Status::unsupported)
        return tl::unexpected(fmt::format("{} cannot be measured: {}", describe(problem), absent.reason));
      composition.timed_.push_back({nullptr, std::move(absent)});
      continue;
    }
    Measurement measurement;
    measurement.kernel = timed->kernel();
    measurement.problem = problem;
    measurement.threads = item.threads;
    measurement.status = Status::measured;
    composition.timed_.push_back({std::make_unique<TimedItem>(std::move(*timed)), std::move(measurement)});
  }
  return composition;
}

void Composition::sample() {
  for (Timed& timed : timed_)
    if (timed.item) timed.measurement.samples.push_back(timed.item->sample());
}

tl::expected<StepTime, std::string> Composition::sum(double (*statistic)(std::vector<double>)) const {
  std::vector<Measurement> measurements;
  for (const Timed& timed : timed_) {
    measurements.push_back(timed.measurement);
    if (timed.item) measurements.back().seconds = statistic(timed.measurement.samples);
  }
  return time_of(step_, Phase::decode, CostModel(measurements));
}

}  // namespace weighin
