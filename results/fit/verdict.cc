#include "results/fit/verdict.h"

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

}  // namespace

std::string engine_sentence(const std::string& engine, const std::string& efficiency_source) {
  if (engine == reference_engine)
    return fmt::format("Speeds: engine: {}, what weighin's own kernels reach, no engine that runs models.",
                       engine);
  return fmt::format("Speeds: engine: {}{}.", engine,
                     efficiency_source.empty() ? "" : ", its efficiency " + efficiency_source);
}

std::string efficiency_source_of(std::span<const Verdict> verdicts) {
  std::string sources;
  for (const Verdict& verdict : verdicts)
    if (sources.find(verdict.efficiency_source) == std::string::npos)
      sources += (sources.empty() ? "" : "; ") + verdict.efficiency_source;
  return sources;
}

Judgement judge(Task task, const Prediction& prediction, std::optional<double> min_tps) {
  VerdictLines lines;
  if (min_tps) lines.runs_tps = lines.well_tps = *min_tps;
  Judgement judgement;
  if (task == Task::encode) {
    if (!prediction.encode_ms) return judgement;
    const Interval& ms = *prediction.encode_ms;
    judgement.answer = encoder_answer(ms.mid, lines);
    judgement.at_slow_end = encoder_answer(ms.high, lines);
    judgement.at_fast_end = encoder_answer(ms.low, lines);
    judgement.borderline = judgement.at_slow_end != judgement.at_fast_end;
    if (judgement.answer == Answer::runs_well) return judgement;
    judgement.needed = judgement.answer == Answer::slow ? lines.runs_encode_ms : lines.well_encode_ms;
    judgement.usable = ms.mid;
    judgement.text = within_text("a text", judgement.needed, ms.mid, "ms");
    return judgement;
  }
  if (!prediction.decode_tps) return judgement;
  const Interval& tps = *prediction.decode_tps;
  const auto& first = prediction.ttft_s;
  const auto time = [&](double Interval::*end) {
    return first ? std::optional((*first).*end) : std::nullopt;
  };
  judgement.answer = chat_answer(tps.mid, time(&Interval::mid), lines);
  judgement.at_slow_end = chat_answer(tps.low, time(&Interval::high), lines);
  judgement.at_fast_end = chat_answer(tps.high, time(&Interval::low), lines);
  judgement.borderline = judgement.at_slow_end != judgement.at_fast_end;
  const bool slow = judgement.answer == Answer::slow;
  if (judgement.answer == Answer::runs_well || judgement.answer == Answer::unknown) return judgement;
  const double tps_line = slow ? lines.runs_tps : lines.well_tps;
  if (tps.mid < tps_line) {
    judgement.needed = tps_line;
    judgement.usable = tps.mid;
    judgement.text = needs_text(tps_line, tps.mid, "tokens/s", "predicted", "speed");
  } else if (first) {
    judgement.needed = slow ? lines.runs_ttft_s : lines.well_ttft_s;
    judgement.usable = first->mid;
    judgement.text = within_text("the first token", judgement.needed, first->mid, "s");
  }
  return judgement;
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
      "  does not fit    memory or free storage is too small; swap never counts\n"
      "  unknown         the model is undisclosed, or what it needs was not measured\n"
      "  borderline      is added when the 80% interval straddles a line\n"
      "--min-tps X stands in for the {:g} and the {:g} tokens/s.\n",
      lines.well_tps, lines.well_ttft_s, lines.runs_tps, lines.runs_ttft_s, encoder_tokens,
      lines.well_encode_ms, lines.runs_encode_ms, lines.runs_tps, lines.well_tps);
}

}  // namespace weighin
