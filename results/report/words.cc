#include "results/report/words.h"

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

}  // namespace weighin
