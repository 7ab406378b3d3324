// The lines between verdicts, in one table, and where a prediction falls among them.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "results/fit/fit.h"
#include "results/measured/predict.h"

namespace weighin {

/// The lines of verdict_rules(); sources stand there.
struct VerdictLines {
  double runs_tps = 5;
  double well_tps = 10;
  double runs_ttft_s = 10;
  double well_ttft_s = 2;
  double runs_encode_ms = 1000;
  double well_encode_ms = 130;
};

/// A prediction's answer by speed alone, and the line that kept it from a better one.
struct Judgement {
  Answer answer = Answer::unknown;
  Answer at_slow_end = Answer::unknown, at_fast_end = Answer::unknown;  // of the interval
  bool borderline = false;                                              // they differ
  double needed = 0;  // tokens/s, seconds or milliseconds; 0 when it runs well or is unknown
  double usable = 0;
  std::string text;  // "needs 10 tokens/s, 6.3 predicted: speed"
};

/// `min_tps` stands in for both tokens/s lines.
Judgement judge(Task task, const Prediction& prediction, std::optional<double> min_tps);

/// Whose speeds they are, and what its efficiency stands on: a sentence for every answer.
std::string engine_sentence(const std::string& engine, const std::string& efficiency_source);

/// What the efficiency of `verdicts` stands on, each source once; empty for the reference kernels.
std::string efficiency_source_of(std::span<const Verdict> verdicts);

}  // namespace weighin
