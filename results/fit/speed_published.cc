#include "results/fit/speed_published.h"

#include <fmt/format.h>

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

/// The published device that runs all of `placement`; nullptr where several do, or none is known.
const PublishedDevice* device_of(const DeviceProfile& device, const Placement& placement) {
  if (placement.on_cpu()) return device.published ? &*device.published : nullptr;
  if (placement.gpus.size() > 1 || placement.cpu_layers() > 0) return nullptr;
  const auto found = device.published_gpus.find(placement.gpus.front().gpu.id);
  return found == device.published_gpus.end() ? nullptr : &found->second;
}

}  // namespace

bool published_knows(const DeviceProfile& device) {
  return device.published.has_value() || !device.published_gpus.empty();
}

bool published_knows_gpu(const DeviceProfile& device, std::string_view id) {
  return device.published_gpus.contains(id);
}

Prediction predict_published(const DeviceProfile& profile, const Request& request,
                             const FormatRequest& format, const Placement& placement) {
  Prediction prediction;
  const PublishedDevice* published = device_of(profile, placement);
  if (!published) {
    prediction.basis = fmt::format("unknown: no specifications are published of {} as one processor",
                                   placement_name(placement));
    return prediction;
  }
  const NamedDevice& named = published->named;
  if (request.shape->task == Task::encode) {
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
  const uint32_t prompt = format.needs.prompt;
  const SpecFeatures features =
      spec_features(device, format.work, prompt, format.needs.depth, format.needs.context);
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

tl::expected<void, std::string> answered_by_specs(const ModelShape& model) {
  if (!model.undisclosed.empty()) return tl::unexpected(fmt::format("{}: {}", model.name, model.undisclosed));
  if (model.task == Task::encode)
    return tl::unexpected(fmt::format(
        "{} is an encoder: published speeds, on which answers for other devices stand, are of models that "
        "generate text",
        model.name));
  return {};
}

}  // namespace weighin
