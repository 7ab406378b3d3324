#include "harness/engines/ggml/child.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <regex>

#include "harness/engines/ggml/plan.h"
#include "harness/engines/ggml/team.h"
#include "harness/engines/ggml/timed_graphs.h"
#include "harness/timing/runner.h"
#include "harness/timing/statistics.h"

namespace weighin {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = ChildEvent::Kind;

/// Inputs and results of the largest problem of the plan: a prompt's rows of 8192 values, five times.
constexpr uint64_t activation_bytes = 192ull << 20;
/// A sample takes at least this long: graphs that are shorter are computed several times.
constexpr double settle_s = 0.1;
/// Graphs are computed again where the median of their samples is known to no better than this.
constexpr double steady_spread = 0.05;
constexpr int most_passes = 6;
/// Walks over the same weights that are timed in a pass, after one that is not.
constexpr int walks_a_pass = 4;
constexpr double least_sample_s = 200e-6;

double seconds_of(const TimedGraphs& graphs, size_t graph, uint32_t times) {
  const Clock::time_point begin = Clock::now();
  for (uint32_t i = 0; i < times; ++i) graphs.run(graph);
  return std::chrono::duration<double>(Clock::now() - begin).count() / times;
}

class EngineMeasuring {
 public:
  EngineMeasuring(const EngineJob& job, const Ggml& ggml, const GgmlSide& side,
                  const std::function<void(const ChildEvent&)>& tell)
      : job_(job),
        ggml_(ggml),
        side_(side),
        tell_(tell),
        activations_(side, activation_bytes),
        weights_(side, job.working_set_bytes) {}

  void run() {
    if (!activations_.ready())
      return tell_({.kind = Kind::failed, .text = "the library refused memory for activations"});
    const std::regex only(job_.only, std::regex::ECMAScript | std::regex::icase);
    const Clock::time_point begin = Clock::now();
    const std::vector<PlanItem> plan = engine_plan(job_.threads);
    Outcome outcome = Outcome::finished;
    for (size_t i = 0; i < plan.size(); ++i) {
      const PlanItem& item = plan[i];
      if (job_.done.contains(i) || !std::regex_search(describe(item.problem), only)) continue;
      if (!side_.cpu && item.threads != job_.threads) continue;
      if (std::chrono::duration<double>(Clock::now() - begin).count() > job_.budget_s) {
        outcome = Outcome::budget;
        Measurement row;
        row.kernel = std::string(op_name(item.problem.op));
        row.status = Status::skipped;
        row.reason = "budget";
        tell_({.kind = Kind::measured, .item = i, .row = std::move(row)});
        continue;
      }
      tell_({.kind = Kind::began, .item = i, .items = plan.size()});
      tell_({.kind = Kind::measured, .item = i, .row = measured(item)});
    }
    team_.reset();
    tell_({.kind = Kind::finished, .text = std::string(outcome_name(outcome))});
  }

 private:
  /// Lets the new threads work until the system has given each a core of its own.
  void settle() {
    const GgmlBench bench{side_, activations_, weights_};
    const auto graphs = TimedGraphs::make(bench, {.op = Op::dispatch}, 1, 1000);
    if (!graphs) return;
    const Clock::time_point begin = Clock::now();
    while (std::chrono::duration<double>(Clock::now() - begin).count() < settle_s) (*graphs)->run(0);
  }

  Measurement measured(const PlanItem& item) {
    if (side_.cpu && (!team_ || team_->threads() != item.threads)) {
      team_.reset();  // of which the library knows one at a time
      team_.emplace(ggml_, item.threads);
      settle();
    }
    const GraphCounts counts = graph_counts(item.problem, weights_.bytes());
    const GgmlBench bench{side_, activations_, weights_};
    const auto graphs = TimedGraphs::make(bench, item.problem, counts.graphs, counts.operations);
    Measurement row;
    row.kernel = fmt::format("ggml.{}", op_name(item.problem.op));
    if (item.problem.format != FormatId::none)
      row.kernel += fmt::format(".{}", format_of(item.problem.format).name);
    if (!graphs) {
      row.status = Status::unsupported;
      row.reason = graphs.error();
      return row;
    }
    row.kernel += fmt::format(".{}", (*graphs)->layout().empty() ? side_.name : (*graphs)->layout());
    // The first graph warms the memory of activations, and is the one that is compared.
    const Clock::time_point begin = Clock::now();
    const bool computed = (*graphs)->run(0);
    const double once = std::max(1e-9, std::chrono::duration<double>(Clock::now() - begin).count());
    if (!computed) {
      row.status = Status::failed;
      row.reason = "the library's graph_compute failed";
      return row;
    }
    const Check check = (*graphs)->check();
    row.error = check.error;
    if (!check.right()) {
      row.status = Status::wrong;
      row.reason = fmt::format("off by {:.3g}, allowed are {:.3g}", check.error, check.tolerance);
      return row;
    }
    const auto times = static_cast<uint32_t>(std::clamp(std::ceil(least_sample_s / once), 1.0, 1000.0));
    const bool walks = item.problem.op == Op::gemv && item.problem.context > 0;
    // Other programs make single samples long: more are taken until the median is known.
    size_t next = 0;
    for (int pass = 0; pass < most_passes && (pass == 0 || row.spread > steady_spread); ++pass) {
      if (walks) {
        add_walks(**graphs, counts.operations, row.samples);
      } else {
        for (uint32_t i = 0; i < counts.timed; ++i, next = (next + 1) % (*graphs)->graphs())
          row.samples.push_back(seconds_of(**graphs, next, times) / counts.operations);
      }
      row.seconds = median(row.samples);
      row.spread = median_spread(row.samples);
    }
    row.status = Status::measured;
    return row;
  }

  /// Adds samples that are whole walks, since a cache holds some of their weights and others not. What it may
  /// hold is brought there first.
  static void add_walks(const TimedGraphs& graphs, uint32_t operations, std::vector<double>& samples) {
    for (int walk = -1; walk < walks_a_pass; ++walk) {
      double seconds = 0;
      for (size_t graph = 0; graph < graphs.graphs(); ++graph) seconds += seconds_of(graphs, graph, 1);
      if (walk >= 0)
        samples.push_back(seconds / (double{1} * operations * static_cast<double>(graphs.graphs())));
    }
  }

  const EngineJob& job_;
  const Ggml& ggml_;
  const GgmlSide& side_;
  const std::function<void(const ChildEvent&)>& tell_;
  ActivationMemory activations_;
  LargeWeights weights_;
  std::optional<GgmlTeam> team_;
};

}  // namespace

void measure_engine(const EngineJob& job, const std::function<void(const ChildEvent&)>& tell) {
  // Without this, ggml's Vulkan backend leaves software devices out.
  if (job.software) setenv("GGML_VK_VISIBLE_DEVICES", "0", 0);
  const auto ggml = open_ggml(job.libraries);
  if (!ggml) return tell({.kind = Kind::failed, .text = ggml.error()});
  const std::vector<GgmlSide> sides = sides_of(*ggml);
  if (job.device >= sides.size())
    return tell({.kind = Kind::failed, .text = fmt::format("{} {}", no_such_device, job.device)});
  const GgmlSide& side = sides[job.device];
  tell({.kind = Kind::opened,
        .text = opened_text({.engine = fmt::format("llama.cpp {} {}", ggml->version(), ggml->variant),
                             .device = side.name,
                             .description = ggml->dev_description(side.device)})});
  EngineMeasuring(job, *ggml, side, tell).run();
}

}  // namespace weighin
