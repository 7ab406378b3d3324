#include "results/measured/predict.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "kernels/problem/speech_steps.h"
#include "results/measured/engine_step_time.h"

namespace weighin {
namespace {

void add_basis(std::string& basis, Phase phase, const StepTime& time) {
  if (!basis.empty()) basis += "; ";
  basis += fmt::format("{}: measured {}", phase_name(phase),
                       !time.where.empty()
                           ? time.where
                           : fmt::format("at {} thread{}", time.threads, time.threads == 1 ? "" : "s"));
  if (time.from_threads)
    basis += fmt::format(", scaled from {} as the products measured at both", time.from_threads);
  if (time.other_formats)
    basis += fmt::format(", {} of {} terms from another format", time.other_formats, time.terms.size());
  if (time.stand_ins)
    basis += fmt::format(", {} of {} terms from the nearest size", time.stand_ins, time.terms.size());
  if (!time.unpriced.empty()) {
    const std::set<std::string> names(time.unpriced.begin(), time.unpriced.end());
    basis += fmt::format(", without {}", fmt::join(names, ", "));
  }
}

void add_missing(std::string& basis, Phase phase, const std::string& reason) {
  if (!basis.empty()) basis += "; ";
  basis += fmt::format("{}: unknown, {}", phase_name(phase), reason);
}

}  // namespace

Prediction predict_on_cpu(const PredictedRun& model, const CostModel& costs, const EngineRun& run) {
  return predict_by_steps(model, costs,
                          [&](const std::vector<ProblemUse>& step, Phase phase, uint32_t tokens) {
                            return engine_time_of(step, model.shape, tokens, phase, costs, run);
                          });
}

Prediction predict_by_steps(const PredictedRun& model, const CostModel& costs, const StepTimer& timed) {
  const ModelShape& shape = model.shape;
  const FileFormat& format = model.format;
  Prediction prediction;
  if (const auto rate = costs.storage_bytes_per_s())
    prediction.load_s = static_cast<double>(model.weights_bytes) / *rate;
  const auto keep_terms = [&](const StepTime& time) {
    prediction.terms.insert(prediction.terms.end(), time.terms.begin(), time.terms.end());
    prediction.from_other_format |= time.other_formats > 0;
    prediction.efficiency = time.efficiency;
    prediction.efficiency_source = time.efficiency_source;
  };
  if (is_speech(shape)) {
    const uint32_t positions = static_cast<uint32_t>(shape.encoder_positions);
    const auto heard = timed(hear_step(shape, format), Phase::encode, positions);
    const auto written = timed(write_step(shape, format, model.cache), Phase::decode, 1);
    for (const auto& [time, phase] : {std::pair(&heard, Phase::encode), std::pair(&written, Phase::decode)}) {
      if (*time) {
        add_basis(prediction.basis, phase, **time);
        keep_terms(**time);
      } else {
        add_missing(prediction.basis, phase, time->error());
      }
    }
    if (!heard || !written) return prediction;
    const Interval hearing = seconds_of(*heard), writing = seconds_of(*written);
    const double audio_s = window_s(shape);
    prediction.audio_s_per_s =
        Interval{audio_s / (hearing.high + writing.high), audio_s / (hearing.mid + writing.mid),
                 audio_s / (hearing.low + writing.low)};
    return prediction;
  }
  if (shape.task == Task::encode) {
    const uint32_t tokens = std::min(encoder_tokens, std::max<uint32_t>(1, shape.max_context));
    const auto text = timed(prefill_step(shape, format, tokens), Phase::encode, tokens);
    if (!text) {
      add_missing(prediction.basis, Phase::encode, text.error());
      return prediction;
    }
    add_basis(prediction.basis, Phase::encode, *text);
    const Interval seconds = seconds_of(*text);
    prediction.encode_ms = Interval{seconds.low * 1e3, seconds.mid * 1e3, seconds.high * 1e3};
    keep_terms(*text);
    return prediction;
  }
  const auto decode = timed(decode_step(shape, format, model.depth, model.cache), Phase::decode, 1);
  if (decode) {
    add_basis(prediction.basis, Phase::decode, *decode);
    prediction.decode_tps = rate_of(1, *decode);
    keep_terms(*decode);
  } else {
    add_missing(prediction.basis, Phase::decode, decode.error());
  }
  const auto prefill =
      timed(prefill_step(shape, format, model.prompt, model.cache), Phase::prefill, model.prompt);
  if (prefill) {
    add_basis(prediction.basis, Phase::prefill, *prefill);
    prediction.prefill_tps = rate_of(model.prompt, *prefill);
    keep_terms(*prefill);
  } else {
    add_missing(prediction.basis, Phase::prefill, prefill.error());
  }
  if (decode && prefill) {
    const Interval one = seconds_of(*decode), all = seconds_of(*prefill);
    prediction.ttft_s = Interval{one.low + all.low, one.mid + all.mid, one.high + all.high};
  }
  return prediction;
}

}  // namespace weighin
