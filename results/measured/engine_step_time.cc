#include "results/measured/engine_step_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/problem/llamacpp_step.h"
#include "kernels/problem/onnx_step.h"

namespace weighin {
namespace {

bool counts_alone(Op op) {
  return is_product(op) || is_attention(op);
}

/// The same where layers were measured by the difference of two models. Judgement: half as much again as
/// where each operation was measured, since a difference of two times is less sure than a time.
constexpr double more_by_difference = 1.5;

/// What adding up leaves out on a GPU, where no whole run was compared with such a sum. Judgement: twice the
/// error of decode on CPUs, since a GPU's backend also joins some nodes of a graph to one.
constexpr double gpu_composition_error = 0.32;

bool is_copy(Op op) {
  return op == Op::copy_to_device || op == Op::copy_from_device;
}

tl::expected<StepTime, std::string> engine_time_at(const std::vector<ProblemUse>& step, Phase phase,
                                                   const CostModel& device, const EngineRun& run,
                                                   uint32_t threads) {
  const EngineCosts& costs = *device.engine_costs(run.engine, threads);
  const std::string& measured = device.engine_measured(run.engine);
  StepTime time;
  time.threads = threads;
  time.efficiency = EfficiencyBasis::measured;
  time.efficiency_source = fmt::format("engine measured: the {} of {} {}, timed here",
                                       costs.by_difference() ? "layers" : "kernels", measured,
                                       costs.by_difference() ? "itself" : "themselves");
  double slower_squares = 0, faster_squares = 0, cached_error_s = 0, from_memory_s = 0;
  const double read_bytes = bytes_of_token(step);
  for (const ProblemUse& use : step) {
    Term term{.phase = phase, .part = use.part, .problem = use.problem, .times = use.times, .note = ""};
    // How fast memory is copied depends on the device alone.
    auto cost = is_copy(use.problem.op) && device.on_gpu() ? device.operation_costs(threads).of(use.problem)
                                                           : costs.of(use.problem);
    if (!cost && counts_alone(use.problem.op))
      return tl::unexpected(fmt::format("{} of {} was not measured", describe(use.problem), measured));
    if (!cost && use.problem.op != Op::submit) {
      cost = costs.of({.op = Op::dispatch});
      if (cost) cost->note = "as the smallest node of a graph";
    }
    if (!cost && costs.by_difference()) {
      term.note = "in the time of a layer's products";
      time.terms.push_back(std::move(term));
      continue;
    }
    if (!cost) {
      term.note = "never measured, counted as nothing";
      time.unpriced.emplace_back(op_name(use.problem.op));
      time.terms.push_back(std::move(term));
      continue;
    }
    if (phase == Phase::decode && use.problem.op == Op::gemv) {
      const CachedShare cached = costs.cached(use.problem.format, read_bytes);
      cost->seconds *= cached.share;
      cached_error_s += cached.error * cost->seconds * use.times;
      // The first tokens after a prompt find nothing in caches.
      from_memory_s += (1 / cached.share - 1) * cost->seconds * use.times;
      if (cached.share < 1) cost->note += fmt::format(", {:.3g} x since caches hold a part", cached.share);
    }
    term.seconds = cost->seconds * use.times;
    term.measurement = cost->measurement;
    term.note = cost->note;
    slower_squares += std::pow(cost->spread.slower * term.seconds, 2);
    faster_squares += std::pow(cost->spread.faster * term.seconds, 2);
    time.stand_ins += cost->stand_in && !cost->other_format;
    time.other_formats += cost->other_format;
    time.seconds += term.seconds;
    time.terms.push_back(std::move(term));
  }
  if (time.seconds <= 0) return tl::unexpected(std::string("the step holds nothing that was measured"));
  // The straight lines along which engines' times are scaled are closer than the nearest size alone, and the
  // error of the sums that were compared holds what they are off by.
  const auto together = [&](double squares) {
    return std::hypot(
        std::sqrt(squares) / time.seconds, cached_error_s / time.seconds,
        device.on_gpu() ? gpu_composition_error
                        : (costs.by_difference() ? more_by_difference : 1) * engine_composition_error(phase));
  };
  time.slower = std::hypot(together(slower_squares), from_memory_s / time.seconds);
  time.faster = together(faster_squares);
  return time;
}

/// The seconds at the thread count at which they are the fewest.
tl::expected<StepTime, std::string> fastest(const std::vector<ProblemUse>& step, Phase phase,
                                            const CostModel& costs, const EngineRun& run, std::string none) {
  tl::expected<StepTime, std::string> best = tl::unexpected(std::move(none));
  for (const uint32_t threads : costs.engine_thread_counts(run.engine)) {
    if (run.threads && threads != run.threads) continue;
    auto time = engine_time_at(step, phase, costs, run, threads);
    if (!best || (time && time->seconds < best->seconds)) best = std::move(time);
  }
  return best;
}

tl::expected<StepTime, std::string> onnx_time_of(const std::vector<ProblemUse>& step, const ModelShape& shape,
                                                 Phase phase, const CostModel& costs, const EngineRun& run) {
  if (shape.task != Task::encode)
    return tl::unexpected(std::string("ONNX Runtime is measured for encoders alone"));
  return fastest(onnx_step(step), phase, costs, run,
                 "ONNX Runtime's operations were not measured: `weighin run` measures them where the npm "
                 "package onnxruntime-node is installed (scripts/engines/onnxruntime/run --install)");
}

}  // namespace

double engine_composition_error(Phase phase) {
  // The 80% quantile of the errors of eight models in two tables (docs/performance.md, "llama.cpp from its
  // own kernels").
  return phase == Phase::decode ? 0.16 : 0.07;
}

std::vector<ProblemUse> engine_graph(const std::vector<ProblemUse>& step, const ModelShape& shape,
                                     uint32_t tokens) {
  FormatId cache = FormatId::f16;
  for (const ProblemUse& use : step)
    if (is_attention(use.problem.op)) cache = use.problem.format;
  return llamacpp_step(step, shape, tokens, cache);
}

tl::expected<StepTime, std::string> engine_graph_time(const std::vector<ProblemUse>& graph, Phase phase,
                                                      const CostModel& costs, const EngineRun& run) {
  return fastest(graph, phase, costs, run, "not measured at this thread count");
}

tl::expected<StepTime, std::string> engine_time_of(const std::vector<ProblemUse>& step,
                                                   const ModelShape& shape, uint32_t tokens, Phase phase,
                                                   const CostModel& costs, const EngineRun& run) {
  if (run.engine == onnxruntime_engine) return onnx_time_of(step, shape, phase, costs, run);
  if (costs.engine_thread_counts(run.engine).empty() || shape.task != Task::chat)
    return time_of(step, phase, costs, run);
  auto best = engine_graph_time(engine_graph(step, shape, tokens), phase, costs, run);
  auto by_factors = time_of(step, phase, costs, run);
  if (!best) return by_factors ? std::move(by_factors) : std::move(best);
  if (by_factors) best->parts = std::move(by_factors->parts);  // for what later runs of the engine teach
  return best;
}

}  // namespace weighin
