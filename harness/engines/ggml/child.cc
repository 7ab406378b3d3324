#include "harness/engines/ggml/child.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <map>
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
/// Walks over the same weights that are timed, after one that is not: as many as `weighin verify` decodes
/// tokens, after one that is not timed. A large cache learns only in the course of tens of walks what is read
/// again (docs/method/engines.md).
constexpr size_t timed_walks = 32;
/// Where a walk took at least this share of the time from memory, longer ones have nothing left to show.
constexpr double as_from_memory = 0.97;
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
    const bool walks = item.problem.op == Op::gemv && item.problem.context > 0;
    const auto from_memory = nothing_cached_.find({item.problem.format, item.threads});
    if (walks && from_memory != nothing_cached_.end() && item.problem.context > from_memory->second) {
      Measurement row;
      row.kernel = std::string(op_name(item.problem.op));
      row.status = Status::skipped;
      row.reason = "a shorter walk took as long as reading from memory";
      return row;
    }
    if (walks) read_all_weights(item.problem);
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
    if (walks) {
      time_walks(**graphs, counts.operations, row);
      note_walk(item, row.seconds);
      return row;
    }
    // Other programs make single samples long: more are taken until the median is known.
    size_t next = 0;
    for (int pass = 0; pass < most_passes && (pass == 0 || row.spread > steady_spread); ++pass) {
      for (uint32_t i = 0; i < counts.timed; ++i, next = (next + 1) % (*graphs)->graphs())
        row.samples.push_back(seconds_of(**graphs, next, times) / counts.operations);
      row.seconds = median(row.samples);
      row.spread = median_spread(row.samples);
    }
    row.status = Status::measured;
    if (item.problem.op == Op::gemv) from_memory_s_[{item.problem, item.threads}] = row.seconds;
    return row;
  }

  /// Reads all weights of the walk's format from the first on, so that caches hold none of those that the
  /// walk begins with.
  void read_all_weights(Problem problem) {
    problem.context = 0;
    weights_.restart();
    const GraphCounts counts = graph_counts(problem, weights_.bytes());
    const GgmlBench bench{side_, activations_, weights_};
    const auto graphs = TimedGraphs::make(bench, problem, counts.graphs, counts.operations);
    for (size_t graph = 0; graphs && graph < (*graphs)->graphs(); ++graph) (*graphs)->run(graph);
    weights_.restart();
  }

  /// Each sample is a whole walk, since a cache holds some of its weights and others not. Walks become faster
  /// one after the other, so that the mean is what as many tokens take. One that takes longer than the walks
  /// before and after it was disturbed, and counts as the longer of these.
  static void time_walks(const TimedGraphs& graphs, uint32_t operations, Measurement& row) {
    std::vector<double>& samples = row.samples;
    for (size_t walk = 0; walk <= timed_walks; ++walk) {
      double seconds = 0;
      for (size_t graph = 0; graph < graphs.graphs(); ++graph) seconds += seconds_of(graphs, graph, 1);
      if (walk > 0)
        samples.push_back(seconds / (double{1} * operations * static_cast<double>(graphs.graphs())));
    }
    double sum = 0;
    for (size_t i = 0; i < samples.size(); ++i) {
      const double before = samples[i == 0 ? 1 : i - 1],
                   after = samples[i + 1 == samples.size() ? i - 1 : i + 1];
      sum += std::min(samples[i], std::max(before, after));
    }
    row.seconds = sum / static_cast<double>(samples.size());
    row.spread = median_spread(samples);
    row.status = Status::measured;
  }

  void note_walk(const PlanItem& item, double seconds) {
    Problem whole = item.problem;
    whole.context = 0;
    const auto from_memory = from_memory_s_.find({whole, item.threads});
    if (from_memory != from_memory_s_.end() && seconds >= as_from_memory * from_memory->second)
      nothing_cached_.try_emplace({item.problem.format, item.threads}, item.problem.context);
  }

  const EngineJob& job_;
  const Ggml& ggml_;
  const GgmlSide& side_;
  const std::function<void(const ChildEvent&)>& tell_;
  ActivationMemory activations_;
  LargeWeights weights_;
  std::optional<GgmlTeam> team_;
  std::map<std::pair<Problem, uint32_t>, double> from_memory_s_;  // products of one token, by threads
  // The MiB of the first walk that found nothing in caches.
  std::map<std::pair<FormatId, uint32_t>, uint32_t> nothing_cached_;
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
