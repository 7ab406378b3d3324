// The seconds of a step where the layers of the model lie on several sides: the CPU and one or more GPUs.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "kernels/problem/steps.h"
#include "models/shape/shape.h"
#include "results/capacity/placement.h"
#include "results/measured/predict.h"

namespace weighin {

/// The work of a step on each side. A side does the work of the layers that lie on it. The CPU also looks
/// up embeddings and chooses the next token; the last GPU also computes the output head.
struct PlacedStep {
  std::vector<ProblemUse> cpu;
  std::vector<std::vector<ProblemUse>> gpus;  // as the placement has them
};

/// Divides `step`, which computes `tokens` together, over the sides, and adds what moves between them: a
/// row of `width` f32 values a token to each GPU and from it to the next, the result back to the CPU (an
/// f32 for each vocabulary entry, or a row of an encoder), and one submission for each GPU.
PlacedStep placed_step(const std::vector<ProblemUse>& step, const ModelShape& shape,
                       const Placement& placement, uint32_t tokens);

/// Times the sides one after the other: the seconds are the sum, and the ends of the interval are the
/// sums of the ends. Error: which measurement a side lacks.
StepTimer timer_of(const ModelShape& shape, const Placement& placement, const CostModel& costs,
                   const EngineRun& run);

/// Predicts `model` where its layers lie as `placement` says.
Prediction predict_placed(const PredictedRun& model, const CostModel& costs, const EngineRun& run,
                          const Placement& placement);

}  // namespace weighin
