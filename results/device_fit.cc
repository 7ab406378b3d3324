#include "results/device_fit.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/memory.h"
#include "results/spec_prediction.h"

namespace weighin {
namespace {

/// As best_format's: "8 bits" with their scales, and the least that is offered unasked.
constexpr double most_bits = 8.5, fewest_bits = 4;

bool offered(const FileFormat& format, const DeviceQuestion& question) {
  if (question.format) return format.id == *question.format;
  const double bits = format_of(format.base).bits_per_weight();
  return bits <= most_bits && (question.allow_low_bit || bits >= fewest_bits);
}

/// Places of outcomes, best first.
int place(DeviceOutcome outcome) {
  return static_cast<int>(outcome);
}

bool better(const DeviceFit& a, const DeviceFit& b) {
  if (place(a.outcome) != place(b.outcome)) return place(a.outcome) < place(b.outcome);
  if (a.outcome == DeviceOutcome::runs) return false;  // the finer came first
  if (a.outcome == DeviceOutcome::slow) return a.decode_tps.mid > b.decode_tps.mid;
  return a.held_gib < b.held_gib;
}

DeviceOutcome outcome_of(const DeviceFit& fit, const DeviceQuestion& question, double tps) {
  if (question.most_download_bytes && fit.download_bytes > *question.most_download_bytes)
    return DeviceOutcome::too_large_to_download;
  if (fit.held_gib > fit.budget_gib) return DeviceOutcome::does_not_fit;
  return tps >= question.min_tps ? DeviceOutcome::runs : DeviceOutcome::slow;
}

}  // namespace

std::string_view outcome_name(DeviceOutcome outcome) {
  switch (outcome) {
    case DeviceOutcome::runs:
      return "runs";
    case DeviceOutcome::slow:
      return "slow";
    case DeviceOutcome::does_not_fit:
      return "does not fit";
    case DeviceOutcome::too_large_to_download:
      return "too large to download";
  }
  return "unknown";
}

tl::expected<AskedModel, std::string> asked_model(const ModelShape& shape, const DeviceQuestion& question) {
  if (!shape.undisclosed.empty()) return tl::unexpected(fmt::format("{}: {}", shape.name, shape.undisclosed));
  if (shape.task == Task::encode)
    return tl::unexpected(fmt::format(
        "{} is an encoder: published speeds, on which answers for other devices stand, are of models that "
        "generate text",
        shape.name));
  AskedModel asked;
  asked.shape = &shape;
  const bool file = !shape.file_format.empty();
  if (file) {
    const FileFormat& stored = file_format_of(FileFormatId::as_stored);
    asked.formats.push_back(
        {&stored, model_work(shape, stored), static_cast<double>(download_bytes(shape, stored))});
    return asked;
  }
  for (const FileFormat& format : question.format ? all_file_formats() : kernel_file_formats()) {
    if (!offered(format, question)) continue;
    asked.formats.push_back(
        {&format, model_work(shape, format), static_cast<double>(download_bytes(shape, format))});
  }
  if (asked.formats.empty()) return tl::unexpected(std::string("no format is left that may be chosen"));
  std::stable_sort(asked.formats.begin(), asked.formats.end(),
                   [](const auto& a, const auto& b) { return a.work.weights_bytes > b.work.weights_bytes; });
  return asked;
}

DeviceFit fit_on(const AskedModel& model, const DeviceQuestion& question, const DeviceSpec& device,
                 DevicePart part, double memory_gib, unsigned count) {
  SpecDevice spec = spec_device(device, part);
  spec.memory_gib = memory_gib;
  spec.count = count;
  const double budget = memory_budget(device, part, memory_gib, question.runs_as).gib * count;
  const uint32_t context = std::min(question.context, model.shape->max_context);
  const double depth = std::min<double>(question.prompt + question.answer / 2.0, context);
  std::optional<DeviceFit> best;
  bool runs_if_slow = false, runs_if_fast = false;
  for (const AskedModel::InFormat& in : model.formats) {
    const SpecPrediction p =
        predict_from_specs(spec_features(spec, in.work, std::min(question.prompt, context), depth, context));
    DeviceFit fit{.format = in.format,
                  .decode_tps = p.decode_tps,
                  .held_gib = p.memory_gib,
                  .budget_gib = budget,
                  .download_bytes = in.download_bytes};
    fit.outcome = outcome_of(fit, question, p.decode_tps.mid);
    runs_if_slow |= outcome_of(fit, question, p.decode_tps.low) == DeviceOutcome::runs;
    runs_if_fast |= outcome_of(fit, question, p.decode_tps.high) == DeviceOutcome::runs;
    if (!best || better(fit, *best)) best = fit;
  }
  best->runs_if_slow = runs_if_slow;
  best->runs_if_fast = runs_if_fast;
  return *best;
}

}  // namespace weighin
