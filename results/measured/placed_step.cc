#include "results/measured/placed_step.h"

#include <fmt/format.h>

#include <numeric>

#include "results/measured/engine_step_time.h"

namespace weighin {
namespace {

constexpr double value_bytes = sizeof(float);  // what llama.cpp passes between devices

/// How often `use` happens in the places from `first` up to, and without, `end` (ProblemUse::places).
void add_share(std::vector<ProblemUse>& side, const ProblemUse& use, size_t first, size_t end) {
  const auto at = [&](size_t place) { return use.places.begin() + static_cast<std::ptrdiff_t>(place); };
  const double times = std::accumulate(at(first), at(end), 0.0);
  if (times > 0)
    side.push_back(
        {.problem = use.problem, .times = times, .part = use.part, .of_all_experts = use.of_all_experts});
}

ProblemUse copy(Op op, double bytes, const char* part) {
  return {{.op = op, .m = static_cast<uint64_t>(bytes)}, 1, part};
}

/// Adds the time of a side that works after the sides in `sum`.
void add(StepTime& sum, StepTime&& side) {
  const double seconds = sum.seconds + side.seconds;
  if (seconds > 0) {
    sum.slower = (sum.slower * sum.seconds + side.slower * side.seconds) / seconds;
    // The fast ends, seconds / (1 + faster), are added up.
    const double low = sum.seconds / (1 + sum.faster) + side.seconds / (1 + side.faster);
    sum.faster = low > 0 ? seconds / low - 1 : 0;
  }
  sum.seconds = seconds;
  sum.stand_ins += side.stand_ins;
  sum.other_formats += side.other_formats;
  if (side.from_threads) sum.from_threads = side.from_threads;
  sum.unpriced.insert(sum.unpriced.end(), side.unpriced.begin(), side.unpriced.end());
  sum.terms.insert(sum.terms.end(), side.terms.begin(), side.terms.end());
  if (side.efficiency == EfficiencyBasis::none) return;
  if (sum.efficiency != EfficiencyBasis::unmeasured) sum.efficiency = side.efficiency;
  if (sum.efficiency_source.find(side.efficiency_source) == std::string::npos)
    sum.efficiency_source += (sum.efficiency_source.empty() ? "" : "; ") + side.efficiency_source;
}

/// The time of the CPU's side. Where no layer lies on it, only small operations are left, and those that
/// were not measured count as nothing.
tl::expected<StepTime, std::string> time_of_cpu(const std::vector<ProblemUse>& step, Phase phase,
                                                const Placement& placement, const CostModel& costs,
                                                const EngineRun& run) {
  StepTime time;
  if (step.empty()) return time;
  auto timed = time_of(step, phase, costs, run);
  if (placement.cpu_layers() > 0) return timed;
  if (!timed) {
    for (const ProblemUse& use : step) time.unpriced.emplace_back(op_name(use.problem.op));
    return time;
  }
  timed->efficiency = EfficiencyBasis::none;  // too little of the whole to be named
  timed->efficiency_source.clear();
  return timed;
}

/// Whether the engine's own kernels were measured on every side that has layers.
bool engine_measured_on(const Placement& placement, const CostModel& costs, const ModelShape& shape,
                        const EngineRun& run) {
  if (shape.task != Task::chat) return false;
  for (const GpuShare& side : placement.gpus) {
    const CostModel* gpu = costs.gpu(side.gpu.id);
    if (!gpu || gpu->thread_counts().empty() || gpu->engine_thread_counts(run.engine).empty()) return false;
  }
  return placement.cpu_layers() == 0 || !costs.engine_thread_counts(run.engine).empty();
}

/// Adds what was timed on `gpu` to the sides before it.
void add_gpu(StepTime& sum, StepTime&& side, const GpuCapacity& gpu) {
  for (Term& term : side.terms) term.note += fmt::format("{}on {}", term.note.empty() ? "" : ", ", gpu.name);
  sum.where += fmt::format("{}on {}", sum.where.empty() ? "" : " and ", gpu.name);
  add(sum, std::move(side));
}

/// The sides by the engine's own kernels. Error: which operation was not measured on which side.
tl::expected<StepTime, std::string> engine_sides_time(const std::vector<ProblemUse>& step,
                                                      const ModelShape& shape, const Placement& placement,
                                                      uint32_t tokens, Phase phase, const CostModel& costs,
                                                      const EngineRun& run) {
  const PlacedStep placed = placed_step(engine_graph(step, shape, tokens), shape, placement, tokens);
  StepTime sum;
  if (placement.cpu_layers() > 0) {
    auto cpu = engine_graph_time(placed.cpu, phase, costs, run);
    if (!cpu) return cpu;
    sum = std::move(*cpu);
  }
  for (size_t i = 0; i < placed.gpus.size(); ++i) {
    const GpuCapacity& gpu = placement.gpus[i].gpu;
    auto side = engine_graph_time(placed.gpus[i], phase, *costs.gpu(gpu.id), {.engine = run.engine});
    if (!side) return side;
    add_gpu(sum, std::move(*side), gpu);
  }
  return sum;
}

}  // namespace

PlacedStep placed_step(const std::vector<ProblemUse>& step, const ModelShape& shape,
                       const Placement& placement, uint32_t tokens) {
  PlacedStep placed;
  placed.gpus.resize(placement.gpus.size());
  for (const ProblemUse& use : step) {
    // The place of a layer is its number plus one, since place 0 is before all layers. The head is one
    // more layer.
    add_share(placed.cpu, use, 0, placement.cpu_layers() + size_t{1});
    for (size_t i = 0; i < placed.gpus.size(); ++i)
      add_share(placed.gpus[i], use, placement.gpus[i].first + size_t{1}, placement.gpus[i].end + size_t{1});
  }
  const double rows = value_bytes * shape.width * tokens;
  const double result = value_bytes * (shape.task == Task::encode ? shape.width : shape.vocab);
  for (size_t i = 0; i < placed.gpus.size(); ++i) {
    const bool last = i + 1 == placed.gpus.size();
    placed.gpus[i].push_back({{.op = Op::submit}, 1, "submit"});
    placed.gpus[i].push_back(copy(Op::copy_to_device, rows, "transfer"));
    placed.gpus[i].push_back(copy(Op::copy_from_device, last ? result : rows, last ? "result" : "transfer"));
  }
  return placed;
}

StepTimer timer_of(const ModelShape& shape, const Placement& placement, const CostModel& costs,
                   const EngineRun& run) {
  return [&, run](const std::vector<ProblemUse>& step, Phase phase,
                  uint32_t tokens) -> tl::expected<StepTime, std::string> {
    if (placement.on_cpu()) return engine_time_of(step, shape, tokens, phase, costs, run);
    if (run.engine == onnxruntime_engine)
      return tl::unexpected(std::string("ONNX Runtime is measured on the CPU alone"));
    const auto finish = [&](StepTime& sum) {
      if (placement.cpu_layers() > 0)
        sum.where += fmt::format(" and at {} thread{}", sum.threads, sum.threads == 1 ? "" : "s");
    };
    if (engine_measured_on(placement, costs, shape, run)) {
      auto own = engine_sides_time(step, shape, placement, tokens, phase, costs, run);
      if (own) finish(*own);
      if (own) return own;
    }
    const PlacedStep placed = placed_step(step, shape, placement, tokens);
    auto sum = time_of_cpu(placed.cpu, phase, placement, costs, run);
    if (!sum) return sum;
    for (size_t i = 0; i < placed.gpus.size(); ++i) {
      const GpuCapacity& gpu = placement.gpus[i].gpu;
      const CostModel* measured = costs.gpu(gpu.id);
      if (!measured) return tl::unexpected(fmt::format("GPU {} was not measured (weighin run)", gpu.name));
      auto side = time_of(placed.gpus[i], phase, *measured, {.engine = run.engine});
      if (!side) return tl::unexpected(fmt::format("on GPU {}, {}", gpu.name, side.error()));
      add_gpu(*sum, std::move(*side), gpu);
    }
    finish(*sum);
    return sum;
  };
}

Prediction predict_placed(const PredictedRun& model, const CostModel& costs, const EngineRun& run,
                          const Placement& placement) {
  return predict_by_steps(model, costs, timer_of(model.shape, placement, costs, run));
}

}  // namespace weighin
