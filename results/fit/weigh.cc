#include "results/fit/weigh.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "results/fit/best_format.h"
#include "results/fit/speed_source.h"
#include "results/fit/weigh_bytes.h"

namespace weighin {
namespace {

/// What every format and placement of one request is weighed with.
struct Scale {
  const Request& request;
  const DeviceProfile& device;
  const SpeedSource& speeds;
  std::vector<const GpuCapacity*> gpus;  // that layers may be laid on
  /// Whether the sides of the device are told apart: of a device that is known by its specifications one part
  /// runs it all.
  bool laid_out = true;
};

/// The GPUs whose speed is known, or any where GPUs are asked for.
Scale scale_of(const Request& request, const DeviceProfile& device) {
  Scale scale{request, device, speed_source_of(device), {}, device.capacity.rule.empty()};
  const PlaceAsked asked = request.question.place;
  if (asked == PlaceAsked::cpu) return scale;
  for (const GpuCapacity& gpu : device.capacity.gpus)
    if (asked != PlaceAsked::automatic || scale.speeds.knows_gpu(device, gpu.id)) scale.gpus.push_back(&gpu);
  return scale;
}

/// The answer by bytes and speed together, and the limit that binds.
void judge(Verdict& verdict, const Question& question) {
  SpeedJudgement by_speed = judge_speed(verdict.needs.task, verdict.prediction, question.min_tps);
  Judgement& judgement = verdict.judgement;
  if (verdict.fits == false) {
    judgement.answer = judgement.at_slow_end = judgement.at_fast_end = Answer::does_not_fit;
  } else if (verdict.fits) {
    judgement = by_speed.judgement;
    if (by_speed.limit.kind == LimitKind::speed) {
      verdict.limit = std::move(by_speed.limit);
    } else {
      verdict.limit.kind = by_speed.limit.kind;  // its text still says what memory and storage leave
    }
  }
}

/// The verdict on one format laid out so.
Verdict weigh_placement(const Scale& scale, const FormatRequest& format, Placement placement) {
  Verdict verdict;
  verdict.needs = format.needs;
  verdict.warnings = format.warnings;
  verdict.needs.memory = placement.memory;
  BytesVerdict bytes = weigh_bytes(verdict.needs, &placement, scale.device.capacity);
  verdict.fits = bytes.fits;
  verdict.limit = std::move(bytes.limit);
  for (std::string& warning : bytes.warnings) verdict.warnings.push_back(std::move(warning));
  if (format.dense) {
    verdict.prediction = scale.speeds.predict(scale.device, scale.request, format, placement);
  } else {
    verdict.prediction.basis = "unknown: no kernel computes with sparse weights";
  }
  verdict.prediction.engine = scale.request.question.engine;
  judge(verdict, scale.request.question);
  verdict.placement.part = scale.device.capacity.part;
  if (scale.laid_out) verdict.placement.layout = std::move(placement);
  return verdict;
}

/// What fits before what does not; then what is faster; of what does not fit, what lacks least.
bool better(const Verdict& a, const Verdict& b, const Question& question) {
  const bool a_fits = a.fits != false, b_fits = b.fits != false;
  if (a_fits != b_fits) return a_fits;
  if (!a_fits) return share_of(a.limit) < share_of(b.limit);
  const auto a_s = request_s(a.prediction, question), b_s = request_s(b.prediction, question);
  if (a_s && b_s) return *a_s < *b_s;
  if (a_s || b_s) return a_s.has_value();
  const auto& a_tps = a.prediction.decode_tps;
  const auto& b_tps = b.prediction.decode_tps;
  return a_tps && (!b_tps || a_tps->mid > b_tps->mid);
}

OtherPlacement other_of(const Verdict& v) {
  OtherPlacement other{.placement = placement_name(v.placement),
                       .fits = v.fits,
                       .decode_tps = v.prediction.decode_tps,
                       .encode_ms = v.prediction.encode_ms,
                       .audio_s_per_s = v.prediction.audio_s_per_s,
                       .ttft_s = v.prediction.ttft_s,
                       .text = ""};
  if (v.fits == false) other.text = v.limit.text;
  if (v.fits != false && !other.decode_tps && !other.encode_ms && !other.audio_s_per_s)
    other.text = v.prediction.basis;
  return other;
}

/// What is answered where a GPU is asked for and no layer can be laid on one.
Verdict no_gpu(const FormatRequest& format, const Question& question) {
  Verdict verdict;
  verdict.needs = format.needs;
  verdict.warnings = format.warnings;
  verdict.placement.part = DevicePart::gpu;
  verdict.limit = {.kind = LimitKind::unknown,
                   .text = "no GPU whose memory is known, or the model's layers are not"};
  verdict.prediction.engine = question.engine;
  verdict.prediction.basis = verdict.limit.text;
  return verdict;
}

Verdict weigh_format(const Scale& scale, const FormatRequest& format) {
  const Question& question = scale.request.question;
  const Needs& needs = format.needs;
  PlacedModel model{{}, needs.memory};
  if (!scale.gpus.empty())
    model.layers =
        llamacpp::layer_bytes(*scale.request.shape, *format.format,
                              needed_settings(needs.context, question.cache), needs.memory.compute_bytes);
  const PlaceAsked asked = scale.laid_out ? question.place : PlaceAsked::cpu;
  std::vector<Verdict> verdicts;
  for (Placement& placement : placements(model, scale.gpus, scale.device.capacity.memory_bytes, asked))
    verdicts.push_back(weigh_placement(scale, format, std::move(placement)));
  if (verdicts.empty()) return no_gpu(format, question);
  const auto best =
      std::min_element(verdicts.begin(), verdicts.end(),
                       [&](const Verdict& a, const Verdict& b) { return better(a, b, question); });
  std::vector<OtherPlacement> others;
  for (auto other = verdicts.begin(); other != verdicts.end(); ++other)
    if (other != best) others.push_back(other_of(*other));
  best->placement.others = std::move(others);
  return std::move(*best);
}

/// The verdict on a model that holds no format: that it is undisclosed.
Verdict undisclosed(const Request& request) {
  Verdict verdict;
  verdict.needs = identity_of(*request.shape);
  verdict.needs.prompt = request.question.prompt;
  verdict.prediction.basis = "undisclosed: " + request.shape->undisclosed;
  verdict.limit = {.kind = LimitKind::unknown, .text = request.shape->undisclosed};
  return verdict;
}

uint32_t largest_context_of(const Verdict& verdict, const Request& request, const FileFormat& format,
                            uint64_t memory_bytes) {
  const MemorySettings settings = needed_settings(verdict.needs.context, request.question.cache);
  if (verdict.placement.on_gpu())
    return largest_context(*request.shape, format, *verdict.placement.layout, memory_bytes, settings);
  return largest_context(*request.shape, format, memory_bytes, settings);
}

}  // namespace

std::optional<double> request_s(const Prediction& prediction, const Question& question) {
  if (prediction.audio_s_per_s) return 1 / prediction.audio_s_per_s->mid;
  if (prediction.encode_ms) return prediction.encode_ms->mid / 1e3;
  if (!prediction.ttft_s || !prediction.decode_tps) return std::nullopt;
  return prediction.ttft_s->mid + (std::max(question.answer, 1u) - 1) / prediction.decode_tps->mid;
}

std::vector<Verdict> weigh_formats(const Request& request, const DeviceProfile& device) {
  const Scale scale = scale_of(request, device);
  std::vector<Verdict> verdicts;
  for (const FormatRequest& format : request.formats) verdicts.push_back(weigh_format(scale, format));
  return verdicts;
}

Verdict weigh(const Request& request, const DeviceProfile& device) {
  if (request.formats.empty()) return undisclosed(request);
  std::vector<Verdict> verdicts = weigh_formats(request, device);
  const size_t best = best_format(verdicts, request.question.allow_low_bit);
  Verdict verdict = std::move(verdicts[best]);
  verdict.max_context =
      largest_context_of(verdict, request, *request.formats[best].format, device.capacity.memory_bytes);
  if (verdict.fits == false && verdict.max_context > 0 && verdict.max_context < verdict.needs.context)
    verdict.warnings.push_back(fmt::format("memory suffices for a context of {}", verdict.max_context));
  return verdict;
}

Verdict weigh_model(const ModelShape& shape, const Question& question, const DeviceProfile& device) {
  return weigh(request_of(shape, question), device);
}

}  // namespace weighin
