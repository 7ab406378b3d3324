// The judgement: where predicted speeds fall among the lines between "runs well", "runs" and "slow".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "models/shape/shape.h"
#include "results/capacity/limit.h"
#include "results/records/prediction.h"

namespace weighin {

enum class Answer : uint8_t { runs_well, runs, slow, does_not_fit, unknown };
std::string_view answer_name(Answer answer);  // "runs well", "runs", "slow", "does not fit", "unknown"
bool runs(Answer answer);                     // well, or at all

/// The lines of verdict_rules(); their sources stand there.
struct VerdictLines {
  double runs_tps = 5;
  double well_tps = 10;
  double runs_ttft_s = 10;
  double well_ttft_s = 2;
  double runs_encode_ms = 1000;
  double well_encode_ms = 130;
  double runs_audio = 1;  // seconds of audio a second
  double well_audio = 3;
};

struct Judgement {
  Answer answer = Answer::unknown;
  /// What the answer would be with every speed at that end of its 80% interval.
  Answer at_slow_end = Answer::unknown, at_fast_end = Answer::unknown;
  bool borderline = false;  // the two differ
};

/// A prediction's answer by speed alone, and the line that kept it from a better one.
struct SpeedJudgement {
  Judgement judgement;
  Limit limit;  // of kind speed; none where it runs well; unknown where no speed is known
};

/// `min_tps` stands in for both tokens/s lines.
SpeedJudgement judge_speed(Task task, const Prediction& prediction, std::optional<double> min_tps);

/// The lines between verdicts with their sources, as text for --help and reports.
std::string verdict_rules();

}  // namespace weighin
