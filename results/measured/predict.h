// Prediction: the seconds of a model's steps, added up from measured problems.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "results/measured/step_time.h"

namespace weighin {

/// Tokens of the text an encoder is timed on: MLPerf inference's maximum BERT sequence length (SQuAD).
inline constexpr uint32_t encoder_tokens = 384;

/// The speeds of one model in one format.
struct Prediction {
  std::optional<Interval> decode_tps, prefill_tps, encode_ms, ttft_s;
  std::optional<double> load_s;
  std::string basis;
  EfficiencyBasis efficiency = EfficiencyBasis::none;
  std::string efficiency_source;
  std::vector<Term> terms;
};

/// Seconds of one phase, "decode", "prefill" or "encode": a step that computes so many tokens together.
using StepTimer = std::function<tl::expected<StepTime, std::string>(
    const std::vector<ProblemUse>& step, const std::string& phase, uint32_t tokens)>;

/// Predicts `shape` in `format`. Decode is priced with `depth` tokens in the KV cache, prefill with `prompt`
/// tokens together, an encoder with one text of 384 tokens (or its maximum). Loading reads `weights_bytes`.
/// The KV cache is in `cache`.
Prediction predict(const ModelShape& shape, const FileFormat& format, uint32_t prompt, uint32_t depth,
                   uint64_t weights_bytes, const CostModel& costs, FormatId cache = FormatId::f16,
                   const EngineRun& run = {});
/// The same, where each step takes what `timed` says. Loading takes the CPU's costs.
Prediction predict(const ModelShape& shape, const FileFormat& format, uint32_t prompt, uint32_t depth,
                   uint64_t weights_bytes, const CostModel& costs, FormatId cache, const StepTimer& timed);

}  // namespace weighin
