// The seconds of a model's steps where its layers lie on several sides.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "kernels/problem/problem.h"
#include "models/shape/shape.h"
#include "results/capacity/placement.h"
#include "results/measured/predict.h"

namespace weighin {

/// A step's work on each side: that of the layers that lie there, before them on the CPU (embeddings, and the
/// choice of a token), after them on the last GPU (the output head).
struct PlacedStep {
  std::vector<ProblemUse> cpu;
  std::vector<std::vector<ProblemUse>> gpus;  // as the placement has them
};

/// `step` computes `tokens` together. With the copies between sides: a row of `width` f32 values a token to
/// each GPU and on to the next, and the result (an f32 for each vocabulary entry, or an encoder's row) back;
/// and one submission a GPU.
PlacedStep placed_step(const std::vector<ProblemUse>& step, const ModelShape& shape,
                       const Placement& placement, uint32_t tokens);

/// One side after the other: their sum, and the sums of the intervals' ends. Error: what a side has no
/// measurement of.
StepTimer timer_of(const ModelShape& shape, const Placement& placement, const CostModel& costs,
                   const EngineRun& run);

/// Predicts `model` where its layers lie as `placement` says.
Prediction predict_placed(const PredictedRun& model, const CostModel& costs, const EngineRun& run,
                          const Placement& placement);

}  // namespace weighin
