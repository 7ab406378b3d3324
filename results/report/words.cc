// Answers as the report says them.
#include <algorithm>

#include "results/report/parts.h"
#include "results/text/numbers.h"

namespace weighin {

std::string speed_words(const Verdict& verdict) {
  if (verdict.needs.task == Task::encode)
    return verdict.prediction.encode_ms ? two_digits(verdict.prediction.encode_ms->mid) + " ms a text" : "";
  return verdict.prediction.decode_tps ? two_digits(verdict.prediction.decode_tps->mid) + " tokens/s" : "";
}

std::string answer_words(const Verdict& verdict) {
  const bool unmeasured =
      verdict.judgement.answer == Answer::unknown && verdict.needs.params > 0 && verdict.fits == true;
  std::string words = unmeasured ? "not measured" : std::string(answer_name(verdict.judgement.answer));
  if (verdict.judgement.borderline) words += ", borderline";
  return words;
}

std::string answer_class(const Verdict& verdict) {
  switch (verdict.judgement.answer) {
    case Answer::runs_well:
      return "well";
    case Answer::runs:
      return "runs";
    case Answer::slow:
      return "slow";
    case Answer::does_not_fit:
      return "no";
    case Answer::unknown:
      break;
  }
  return "unknown";
}

double best_rate(const std::vector<Measurement>& measurements, Op op, const Side& side) {
  double best = 0;
  for (const Measurement& m : measurements) {
    if (!side.holds(m) || m.status != Status::measured || m.seconds <= 0 || m.problem.op != op) continue;
    const Cost cost = cost_of(m.problem);
    best = std::max(best, (op == Op::stream_read ? cost.bytes() : cost.operations) / m.seconds);
  }
  return best;
}

}  // namespace weighin
