#include "results/fit/judgement.h"

#include <fmt/format.h>

#include "results/text/numbers.h"

namespace weighin {
namespace {

Answer chat_answer(double tps, std::optional<double> ttft_s, const VerdictLines& lines) {
  if (tps < lines.runs_tps) return Answer::slow;
  if (!ttft_s) return Answer::unknown;
  if (*ttft_s > lines.runs_ttft_s) return Answer::slow;
  return tps >= lines.well_tps && *ttft_s <= lines.well_ttft_s ? Answer::runs_well : Answer::runs;
}

Answer encoder_answer(double ms, const VerdictLines& lines) {
  if (ms > lines.runs_encode_ms) return Answer::slow;
  return ms <= lines.well_encode_ms ? Answer::runs_well : Answer::runs;
}

Answer speech_answer(double audio_s_per_s, const VerdictLines& lines) {
  if (audio_s_per_s < lines.runs_audio) return Answer::slow;
  return audio_s_per_s >= lines.well_audio ? Answer::runs_well : Answer::runs;
}

/// The line that keeps an answer of `answer` from a better one, and how it is missed.
struct Missed {
  double line = 0, predicted = 0;
  std::string text;
};

Missed missed_by_encoder(const Interval& ms, Answer answer, const VerdictLines& lines) {
  const double line = answer == Answer::slow ? lines.runs_encode_ms : lines.well_encode_ms;
  return {line, ms.mid, within_text("a text", line, ms.mid, "ms")};
}

Missed missed_by_speech(const Interval& audio, Answer answer, const VerdictLines& lines) {
  const double line = answer == Answer::slow ? lines.runs_audio : lines.well_audio;
  return {line, audio.mid, needs_text(line, audio.mid, "s of audio/s", "predicted", "speed")};
}

Missed missed_by_chat(const Prediction& prediction, Answer answer, const VerdictLines& lines) {
  const bool slow = answer == Answer::slow;
  const double tps_line = slow ? lines.runs_tps : lines.well_tps, tps = prediction.decode_tps->mid;
  if (tps < tps_line) return {tps_line, tps, needs_text(tps_line, tps, "tokens/s", "predicted", "speed")};
  const double first_line = slow ? lines.runs_ttft_s : lines.well_ttft_s, first = prediction.ttft_s->mid;
  return {first_line, first, within_text("the first token", first_line, first, "s")};
}

}  // namespace

SpeedJudgement judge_speed(Task task, const Prediction& prediction, std::optional<double> min_tps) {
  VerdictLines lines;
  if (min_tps) lines.runs_tps = lines.well_tps = *min_tps;
  SpeedJudgement judged;
  judged.limit.kind = LimitKind::unknown;
  Judgement& judgement = judged.judgement;
  const auto& audio = prediction.audio_s_per_s;
  const bool encoder = task == Task::encode && !audio;
  if (audio) {
    judgement = {speech_answer(audio->mid, lines), speech_answer(audio->low, lines),
                 speech_answer(audio->high, lines)};
  } else if (encoder) {
    if (!prediction.encode_ms) return judged;
    const Interval& ms = *prediction.encode_ms;
    judgement = {encoder_answer(ms.mid, lines), encoder_answer(ms.high, lines),
                 encoder_answer(ms.low, lines)};
  } else {
    if (!prediction.decode_tps) return judged;
    const Interval& tps = *prediction.decode_tps;
    const auto first = [&](double Interval::*end) {
      return prediction.ttft_s ? std::optional((*prediction.ttft_s).*end) : std::nullopt;
    };
    judgement = {chat_answer(tps.mid, first(&Interval::mid), lines),
                 chat_answer(tps.low, first(&Interval::high), lines),
                 chat_answer(tps.high, first(&Interval::low), lines)};
  }
  judgement.borderline = judgement.at_slow_end != judgement.at_fast_end;
  if (judgement.answer == Answer::unknown) return judged;
  judged.limit.kind = LimitKind::none;
  if (judgement.answer == Answer::runs_well) return judged;
  Missed missed = audio     ? missed_by_speech(*audio, judgement.answer, lines)
                  : encoder ? missed_by_encoder(*prediction.encode_ms, judgement.answer, lines)
                            : missed_by_chat(prediction, judgement.answer, lines);
  judged.limit = {LimitKind::speed, missed.line, missed.predicted, std::move(missed.text)};
  return judged;
}

std::string_view answer_name(Answer answer) {
  switch (answer) {
    case Answer::runs_well:
      return "runs well";
    case Answer::runs:
      return "runs";
    case Answer::slow:
      return "slow";
    case Answer::does_not_fit:
      return "does not fit";
    case Answer::unknown:
      return "unknown";
  }
  return "unknown";
}

bool runs(Answer answer) {
  return answer == Answer::runs_well || answer == Answer::runs;
}

std::string verdict_rules() {
  const VerdictLines lines;
  return fmt::format(
      "Verdicts\n"
      "  chat models\n"
      "    runs well     at least {:g} tokens/s and the first token within {:g} s\n"
      "                  (twice reading speed; MLPerf inference's 2 s to the first token, Llama 2 70B)\n"
      "    runs          at least {:g} tokens/s and the first token within {:g} s\n"
      "                  (MLPerf inference's 200 ms a token; reading speed, 238 words a minute, Brysbaert "
      "2019;\n"
      "                  10 s keeps a user's attention, Nielsen 1993)\n"
      "    slow          it fits, but is slower than that\n"
      "  encoders, one text of {} tokens\n"
      "    runs well     within {:g} ms (MLPerf inference, BERT server)\n"
      "    runs          within {:g} ms (1 s keeps a train of thought, Nielsen 1993)\n"
      "    slow          it fits, but is slower than that\n"
      "  speech models, seconds of audio in a second (a window of 30 s, 100 tokens written)\n"
      "    runs well     at least {:g} (a window within 10 s, which keep a user's attention, Nielsen 1993)\n"
      "    runs          at least {:g} (it keeps up with somebody who speaks)\n"
      "    slow          it fits, but is slower than that\n"
      "  does not fit    memory or free storage is too small; swap never counts\n"
      "  unknown         the model is undisclosed, or what it needs was not measured\n"
      "  borderline      is added when the 80% interval straddles a line\n"
      "--min-tps X stands in for the {:g} and the {:g} tokens/s.\n",
      lines.well_tps, lines.well_ttft_s, lines.runs_tps, lines.runs_ttft_s, encoder_tokens,
      lines.well_encode_ms, lines.runs_encode_ms, lines.well_audio, lines.runs_audio, lines.runs_tps,
      lines.well_tps);
}

}  // namespace weighin
