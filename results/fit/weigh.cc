// Verdicts on a device whose speeds a function says, and the choice of the format that is answered with.
#include <fmt/format.h>

#include <utility>

#include "results/fit/asked_model.h"
#include "results/fit/best_format.h"
#include "results/fit/verdict.h"
#include "results/fit/weigh_bytes.h"

namespace weighin {
namespace {

void weigh_speed(Verdict& verdict, const Question& question, const Prediction& prediction) {
  const Judgement judgement = judge(verdict.task, prediction, question.min_tps);
  if (verdict.fits == false) {
    verdict.answer = verdict.at_slow_end = verdict.at_fast_end = Answer::does_not_fit;
    return;
  }
  if (!verdict.fits) return;
  verdict.answer = judgement.answer;
  verdict.at_slow_end = judgement.at_slow_end;
  verdict.at_fast_end = judgement.at_fast_end;
  verdict.borderline = judgement.borderline;
  if (judgement.answer == Answer::runs_well) {
    verdict.limit.kind = "none";
  } else if (judgement.answer == Answer::unknown) {
    verdict.limit.kind = "unknown";
  } else {
    verdict.limit = {"speed", judgement.needed, judgement.usable, judgement.text};
  }
}

}  // namespace

Verdict weigh_format(Verdict verdict, const Question& question, const Capacity& capacity,
                     Prediction prediction) {
  weigh_bytes(verdict, capacity);
  weigh_speed(verdict, question, prediction);
  verdict.decode_tps = prediction.decode_tps;
  verdict.prefill_tps = prediction.prefill_tps;
  verdict.encode_ms = prediction.encode_ms;
  verdict.ttft_s = prediction.ttft_s;
  verdict.load_s = prediction.load_s;
  verdict.basis = std::move(prediction.basis);
  verdict.engine = question.engine;
  verdict.efficiency = prediction.efficiency;
  verdict.efficiency_source = std::move(prediction.efficiency_source);
  verdict.terms = std::move(prediction.terms);
  return verdict;
}

std::vector<Verdict> weigh(const AskedModel& asked, const Capacity& capacity, const Speeds& speeds) {
  std::vector<Verdict> verdicts;
  for (const AskedFormat& format : asked.formats) {
    verdicts.push_back(weigh_format(format.needs, asked.question, capacity, speeds(format)));
    verdicts.back().placement = verdicts.back().placement_sign = capacity.part;
  }
  return verdicts;
}

Verdict answer(const AskedModel& asked, const Capacity& capacity, const std::vector<Verdict>& verdicts) {
  if (verdicts.empty()) return undisclosed(asked);
  const Verdict& best = best_format(verdicts, asked.question.allow_low_bit);
  const FileFormat& format = *asked.formats[static_cast<size_t>(&best - verdicts.data())].format;
  Verdict verdict = best;
  const MemorySettings settings = settings_of(verdict.context, asked.question.cache);
  verdict.max_context =
      verdict.layout && !verdict.layout->on_cpu()
          ? largest_context(*asked.shape, format, *verdict.layout, capacity.memory_bytes, settings)
          : largest_context(*asked.shape, format, capacity.memory_bytes, settings);
  if (verdict.fits == false && verdict.max_context > 0 && verdict.max_context < verdict.context)
    verdict.warnings.push_back(fmt::format("memory suffices for a context of {}", verdict.max_context));
  return verdict;
}

Verdict answer(const AskedModel& asked, const Capacity& capacity, const Speeds& speeds) {
  return answer(asked, capacity, weigh(asked, capacity, speeds));
}

}  // namespace weighin
