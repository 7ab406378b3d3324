// A verdict: whether one model in one format runs on one device, made of its parts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/capacity/limit.h"
#include "results/capacity/placement.h"
#include "results/fit/judgement.h"
#include "results/fit/request.h"
#include "results/records/prediction.h"

namespace weighin {

/// A placement that was weighed beside the one that is answered with.
struct OtherPlacement {
  std::string placement;
  std::optional<bool> fits;
  std::optional<Interval> decode_tps, encode_ms, audio_s_per_s, ttft_s;
  std::string text;  // what keeps it from fitting, or from being predicted; empty where neither
};

/// Where the model lies.
struct VerdictPlacement {
  std::optional<Placement> layout;  // layer by layer, where the device's sides are told apart
  std::optional<DevicePart> part;   // else the part that runs it all; empty: the model is undisclosed
  std::vector<OtherPlacement> others;

  bool on_gpu() const { return layout && !layout->on_cpu(); }
};

/// "cpu", "gpu RTX 3060 22 of 33 layers + cpu", "npu"; empty where it is not known.
std::string placement_name(const VerdictPlacement& placement);
/// The same in few letters: "cpu", "gpu 22/33", "npu".
std::string placement_sign(const VerdictPlacement& placement);

struct Verdict {
  Needs needs;               // with the memory of the placement that is answered with
  std::optional<bool> fits;  // memory and storage suffice; empty: not known
  Prediction prediction;
  Judgement judgement;
  Limit limit;  // what keeps it from running, or from running well; else what comes nearest to binding
  VerdictPlacement placement;
  uint32_t max_context = 0;  // the largest that fits
  std::vector<std::string> warnings;
};

/// Whose speeds they are, and what the engine's efficiency stands on: a sentence for every answer.
std::string engine_sentence(const std::string& engine, const std::string& efficiency_source);

/// What the efficiency of `verdicts` stands on, each source once; empty for the reference kernels.
std::string efficiency_source_of(std::span<const Verdict> verdicts);

}  // namespace weighin
