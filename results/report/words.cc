#include "results/report/words.h"

#include "results/text/numbers.h"

namespace weighin {

std::optional<Interval> judged_speed(const Verdict& verdict) {
  const Prediction& prediction = verdict.prediction;
  if (prediction.audio_s_per_s) return prediction.audio_s_per_s;
  return verdict.needs.task == Task::encode ? prediction.encode_ms : prediction.decode_tps;
}

std::string speed_unit(const Verdict& verdict) {
  if (verdict.prediction.audio_s_per_s) return "s of audio/s";
  return verdict.needs.task == Task::encode ? "ms a text" : "tokens/s";
}

std::string speed_words(const Verdict& verdict) {
  const std::optional<Interval> speed = judged_speed(verdict);
  return speed ? two_digits(speed->mid) + " " + speed_unit(verdict) : "";
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
