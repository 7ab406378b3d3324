// Prediction: the seconds of a model's steps, added up from measured problems.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "kernels/problem/steps.h"
#include "results/measured/step_time.h"
#include "results/records/prediction.h"

namespace weighin {

/// Says how many seconds a step takes that computes so many tokens together.
using StepTimer = std::function<tl::expected<StepTime, std::string>(const std::vector<ProblemUse>& step,
                                                                    Phase phase, uint32_t tokens)>;

/// What is predicted: a model in a format, and the tokens of a request.
struct PredictedRun {
  const ModelShape& shape;
  const FileFormat& format;
  uint32_t prompt = 0;             // tokens computed together by prefill
  uint32_t depth = 0;              // tokens in the KV cache when a token is decoded
  uint64_t weights_bytes = 0;      // read when the model is loaded
  FormatId cache = FormatId::f16;  // of the KV cache
};

/// Predicts `model` with all of its layers on the CPU that `costs` was measured on. A speech model is
/// predicted with one window of audio (kernels/problem/speech_steps.h), and an encoder with one text of
/// encoder_tokens (or its maximum), in place of prefill and decode.
Prediction predict_on_cpu(const PredictedRun& model, const CostModel& costs, const EngineRun& run = {});

/// Predicts `model` where each step takes the seconds that `timed` says. Loading is predicted from `costs`.
Prediction predict_by_steps(const PredictedRun& model, const CostModel& costs, const StepTimer& timed);

}  // namespace weighin
