#include "results/fit/spec_fit.h"

#include <fmt/format.h>

#include "models/text/units.h"
#include "results/measured/predict.h"
#include "results/spec/prediction.h"

namespace weighin {
namespace {

std::string sum_text(const std::vector<SpecTerm>& terms) {
  std::string text;
  for (const SpecTerm& term : terms)
    if (term.seconds > 0)
      text += fmt::format("{}{} {:.3g}", text.empty() ? "" : " + ", term.part, 1e3 * term.seconds);
  return text + " ms";
}

/// Speeds from specs alone (spec_prediction.h).
Prediction predict_on(const SpecTarget& target, const ModelWork& work, const AskedFormat& asked) {
  const NamedDevice& named = target.named;
  Prediction prediction;
  if (work.shape->task == Task::encode) {
    prediction.basis = "unknown: published speeds are of models that generate text, and this is an encoder";
    return prediction;
  }
  if (!bandwidth_of(*named.device, named.part).known()) {
    prediction.basis = fmt::format("unknown: the bandwidth of {} is not published", named.device->name);
    return prediction;
  }
  SpecDevice device = spec_device(*named.device, named.part);
  device.memory_gib = named.memory_gib;
  device.count = named.count;
  device.guessed |= !named.assumed.empty() || !named.recalled.empty();
  const uint32_t prompt = asked.needs.prompt;
  const SpecFeatures features = spec_features(device, work, prompt, asked.depth, asked.needs.context);
  const SpecPrediction spec = predict_from_specs(features);
  prediction.decode_tps = spec.decode_tps;
  prediction.prefill_tps = spec.prefill_tps;
  const auto first = [&](double decode, double prefill) { return 1 / decode + prompt / prefill; };
  prediction.ttft_s = Interval{first(spec.decode_tps.high, spec.prefill_tps.high),
                               first(spec.decode_tps.mid, spec.prefill_tps.mid),
                               first(spec.decode_tps.low, spec.prefill_tps.low)};
  prediction.basis = fmt::format("{}; a token: {}; a prompt: {}", spec.basis,
                                 sum_text(decode_terms(features)), sum_text(prefill_terms(features)));
  return prediction;
}

Speeds speeds_on(const SpecAsked& asked, const SpecTarget& target) {
  return [&](const AskedFormat& format) {
    const auto index = static_cast<size_t>(&format - asked.model.formats.data());
    return predict_on(target, asked.works[index], format);
  };
}

}  // namespace

Capacity capacity_of(const SpecTarget& target) {
  const NamedDevice& named = target.named;
  const DeviceSpec& device = *named.device;
  Capacity capacity;
  capacity.device = named.count > 1 ? fmt::format("{} x {}", named.count, device.name) : device.name;
  capacity.now = false;
  const MemoryBudget budget = memory_budget(device, named.part, named.memory_gib, target.runs_as);
  capacity.memory_bytes = static_cast<uint64_t>(budget.gib * bytes_per_gib) * named.count;
  capacity.memory_total_bytes = capacity.memory_bytes;
  const bool own = named.part == DevicePart::gpu && !device.unified;
  capacity.memory_kind = named.memory_gib <= 0 ? "unknown" : own ? "VRAM" : "RAM";
  capacity.part = device_part_name(named.part);
  capacity.warnings.emplace_back("known by published specs alone: nothing was measured on it");
  capacity.rule = fmt::format("{}, run as {}: {}", budget.rule, runs_as_name(target.runs_as), budget.source);
  for (const std::string& assumed : named.assumed) capacity.warnings.push_back("assumed: " + assumed);
  if (!named.recalled.empty())
    capacity.warnings.push_back(fmt::format("recalled, not read again: {}", fmt::join(named.recalled, ", ")));
  return capacity;
}

tl::expected<void, std::string> answered_by_specs(const ModelShape& model) {
  if (!model.undisclosed.empty()) return tl::unexpected(fmt::format("{}: {}", model.name, model.undisclosed));
  if (model.task == Task::encode)
    return tl::unexpected(fmt::format(
        "{} is an encoder: published speeds, on which answers for other devices stand, are of models that "
        "generate text",
        model.name));
  return {};
}

SpecAsked ask_specs(const ModelShape& shape, const Question& question) {
  SpecAsked asked{ask(shape, question), {}};
  for (const AskedFormat& format : asked.model.formats)
    asked.works.push_back(model_work(shape, *format.format));
  return asked;
}

std::vector<Verdict> weigh(const SpecAsked& asked, const Capacity& capacity, const SpecTarget& target) {
  return weigh(asked.model, capacity, speeds_on(asked, target));
}

Verdict answer(const SpecAsked& asked, const Capacity& capacity, const SpecTarget& target) {
  return answer(asked.model, capacity, speeds_on(asked, target));
}

Verdict fit(const ModelShape& shape, const Question& question, const Capacity& capacity,
            const SpecTarget& target) {
  return answer(ask_specs(shape, question), capacity, target);
}

}  // namespace weighin
