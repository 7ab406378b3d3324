// The seconds of one step of an engine, from its own kernels where they were measured.
#pragma once

#include "results/measured/step_time.h"

namespace weighin {

/// What adding up leaves out, as a fraction of the sum, where an engine's own operations were timed in its
/// own graphs: 80% of the models that were compared lay within a factor of 1 + this (docs/method/engines.md).
double engine_composition_error(Phase phase);

/// The seconds of a step of `shape` that computes `tokens` tokens together. Where the kernels of the engine
/// itself were measured on the device, their seconds are added up, in the operations of the engine's own
/// graph (llamacpp_step.h). Otherwise those of the reference kernels are, with the engine's efficiency
/// (time_of() in step_time.h).
tl::expected<StepTime, std::string> engine_time_of(const std::vector<ProblemUse>& step,
                                                   const ModelShape& shape, uint32_t tokens, Phase phase,
                                                   const CostModel& costs, const EngineRun& run = {});

/// `step` of `shape` in the operations of llama.cpp's own graph.
std::vector<ProblemUse> engine_graph(const std::vector<ProblemUse>& step, const ModelShape& shape,
                                     uint32_t tokens);

/// The seconds of operations of engine_graph() on the device of `costs`, by the engine's own kernels alone,
/// at the fastest of the thread counts that `run` allows. What is copied to and from a GPU has the rates that
/// were measured of the GPU itself. Error: which operation was not measured.
tl::expected<StepTime, std::string> engine_graph_time(const std::vector<ProblemUse>& graph, Phase phase,
                                                      const CostModel& costs, const EngineRun& run);

}  // namespace weighin
