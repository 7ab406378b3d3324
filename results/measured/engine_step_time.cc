#include "results/measured/engine_step_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/problem/llamacpp_step.h"
#include "kernels/problem/onnx_step.h"

namespace weighin {
namespace {

bool counts_alone(Op op) {
  return is_matrix(op) || is_attention(op) || op == Op::expert_products;
}

tl::expected<StepTime, std::string> engine_time_at(const std::vector<ProblemUse>& step, Phase phase,
                                                   const EngineCosts& costs, uint32_t threads,
                                                   const std::string& measured) {
  StepTime time;
  time.threads = threads;
  time.efficiency = EfficiencyBasis::measured;
  time.efficiency_source = fmt::format("engine measured: the kernels of {} themselves, timed here", measured);
  double slower_squares = 0, faster_squares = 0;
  // What one token reads, of which a cache may hold a part from token to token.
  double weights = 0;
  for (const ProblemUse& use : step)
    if (use.problem.op == Op::gemv)
      weights += use.times * static_cast<double>(row_bytes(use.problem.format, use.problem.k)) *
                 static_cast<double>(use.problem.m);
  for (const ProblemUse& use : step) {
    Term term{.phase = phase, .part = use.part, .problem = use.problem, .times = use.times, .note = ""};
    auto cost = costs.of(use.problem);
    if (!cost && counts_alone(use.problem.op))
      return tl::unexpected(fmt::format("{} of {} was not measured", describe(use.problem), measured));
    if (!cost && use.problem.op != Op::submit) {
      cost = costs.of({.op = Op::dispatch});
      if (cost) cost->note = "as the smallest node of a graph";
    }
    if (!cost) {
      term.note = "never measured, counted as nothing";
      time.unpriced.emplace_back(op_name(use.problem.op));
      time.terms.push_back(std::move(term));
      continue;
    }
    if (phase == Phase::decode && use.problem.op == Op::gemv) {
      const double cached = costs.cached(use.problem.format, weights);
      cost->seconds *= cached;
      if (cached < 1) cost->note += fmt::format(", {:.3g} x since caches hold a part", cached);
    }
    term.seconds = cost->seconds * use.times;
    term.measurement = cost->measurement;
    term.note = cost->note;
    slower_squares += std::pow(cost->spread.slower * term.seconds, 2);
    faster_squares += std::pow(cost->spread.faster * term.seconds, 2);
    time.stand_ins += cost->stand_in;
    time.seconds += term.seconds;
    time.terms.push_back(std::move(term));
  }
  if (time.seconds <= 0) return tl::unexpected(std::string("the step holds nothing that was measured"));
  // The straight lines along which engines' times are scaled are closer than the nearest size alone, and the
  // error of the sums that were compared holds what they are off by.
  const auto together = [&](double squares) {
    return std::hypot(std::sqrt(squares) / time.seconds, engine_composition_error(phase));
  };
  time.slower = together(slower_squares);
  time.faster = together(faster_squares);
  return time;
}

tl::expected<StepTime, std::string> onnx_time_of(const std::vector<ProblemUse>& step, const ModelShape& shape,
                                                 Phase phase, const CostModel& costs, const EngineRun& run) {
  if (shape.task != Task::encode)
    return tl::unexpected(std::string("ONNX Runtime is measured for encoders alone"));
  tl::expected<StepTime, std::string> best = tl::unexpected(std::string(
      "ONNX Runtime's operations were not measured: `weighin run` measures them where the npm package "
      "onnxruntime-node is installed (scripts/engines/onnxruntime/run --install)"));
  for (const uint32_t threads : costs.engine_thread_counts(run.engine)) {
    if (run.threads && threads != run.threads) continue;
    auto time = engine_time_at(onnx_step(step), phase, *costs.engine_costs(run.engine, threads), threads,
                               costs.engine_measured(run.engine));
    if (!best || (time && time->seconds < best->seconds)) best = std::move(time);
  }
  return best;
}

}  // namespace

double engine_composition_error(Phase phase) {
  // The 80% quantile of the errors of eight models (docs/performance.md, "llama.cpp from its own kernels").
  return phase == Phase::decode ? 0.16 : 0.07;
}

tl::expected<StepTime, std::string> engine_time_of(const std::vector<ProblemUse>& step,
                                                   const ModelShape& shape, uint32_t tokens, Phase phase,
                                                   const CostModel& costs, const EngineRun& run) {
  if (run.engine == onnxruntime_engine) return onnx_time_of(step, shape, phase, costs, run);
  const std::vector<uint32_t> counts = costs.engine_thread_counts(run.engine);
  if (counts.empty() || shape.task != Task::chat) return time_of(step, phase, costs, run);
  FormatId cache = FormatId::f16;
  for (const ProblemUse& use : step)
    if (is_attention(use.problem.op)) cache = use.problem.format;
  const std::vector<ProblemUse> of_engine = llamacpp_step(step, shape, tokens, cache);
  tl::expected<StepTime, std::string> best = tl::unexpected(std::string("not measured at this thread count"));
  for (const uint32_t threads : counts) {
    if (run.threads && threads != run.threads) continue;
    auto time = engine_time_at(of_engine, phase, *costs.engine_costs(run.engine, threads), threads,
                               costs.engine_measured());
    if (!best || (time && time->seconds < best->seconds)) best = std::move(time);
  }
  auto by_factors = time_of(step, phase, costs, run);
  if (!best) return by_factors ? std::move(by_factors) : std::move(best);
  if (by_factors) best->parts = std::move(by_factors->parts);  // for what later runs of the engine teach
  return best;
}

}  // namespace weighin
