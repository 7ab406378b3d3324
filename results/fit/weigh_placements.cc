// Verdicts on a device that was measured: every placement weighed, the fastest that fits answered with.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "results/fit/asked_model.h"
#include "results/fit/weigh_bytes.h"
#include "results/measured/placed_step.h"
#include "results/measured/predict.h"

namespace weighin {
namespace {

/// The GPUs that layers may be laid on: those measured, or where GPUs are asked for any.
std::vector<const GpuCapacity*> gpus_to_try(const Capacity& capacity, const CostModel& costs,
                                            PlaceAsked asked) {
  std::vector<const GpuCapacity*> gpus;
  if (asked == PlaceAsked::cpu) return gpus;
  for (const GpuCapacity& gpu : capacity.gpus) {
    const CostModel* measured = costs.gpu(gpu.id);
    if (asked != PlaceAsked::automatic || (measured && !measured->thread_counts().empty()))
      gpus.push_back(&gpu);
  }
  return gpus;
}

/// What fits before what does not; then what is faster; of what does not fit, what lacks least.
bool better(const Verdict& a, const Verdict& b, const Question& question) {
  const bool a_fits = a.fits != false, b_fits = b.fits != false;
  if (a_fits != b_fits) return a_fits;
  if (!a_fits) return share_of(a.limit) < share_of(b.limit);
  const auto a_s = request_s(a, question), b_s = request_s(b, question);
  if (a_s && b_s) return *a_s < *b_s;
  if (a_s || b_s) return a_s.has_value();
  return a.decode_tps && (!b.decode_tps || a.decode_tps->mid > b.decode_tps->mid);
}

OtherPlacement other_of(const Verdict& v) {
  OtherPlacement other{.placement = v.placement,
                       .fits = v.fits,
                       .decode_tps = v.decode_tps,
                       .encode_ms = v.encode_ms,
                       .ttft_s = v.ttft_s,
                       .text = ""};
  if (v.fits == false) other.text = v.limit.text;
  if (v.fits != false && !v.decode_tps && !v.encode_ms) other.text = v.basis;
  return other;
}

Verdict weigh_placement(const AskedModel& asked, const AskedFormat& format, const Capacity& capacity,
                        const CostModel& costs, Placement placement) {
  const Question& question = asked.question;
  Verdict verdict = format.needs;
  verdict.memory = placement.memory;
  verdict.placement = placement_name(placement);
  verdict.placement_sign = placement_sign(placement);
  Prediction prediction = predict(*asked.shape, *format.format, format.needs.prompt, format.depth,
                                  format.needs.memory.weights_bytes, costs, question.cache,
                                  {.engine = question.engine}, placement);
  verdict.layout = std::move(placement);
  return weigh_format(std::move(verdict), question, capacity, std::move(prediction));
}

/// What is answered where a GPU is asked for and no layer can be laid on one.
Verdict no_gpu(const AskedFormat& format, const Question& question) {
  Verdict verdict = format.needs;
  verdict.engine = question.engine;
  verdict.placement = verdict.placement_sign = "gpu";
  verdict.limit = {.kind = "unknown", .text = "no GPU whose memory is known, or the model's layers are not"};
  verdict.basis = verdict.limit.text;
  return verdict;
}

Verdict weigh_placements(const AskedModel& asked, const AskedFormat& format, const Capacity& capacity,
                         const CostModel& costs, std::span<const GpuCapacity* const> gpus) {
  const Verdict& needs = format.needs;
  PlacedModel model{{}, needs.memory};
  if (!gpus.empty())
    model.layers =
        llamacpp::layer_bytes(*asked.shape, *format.format, settings_of(needs.context, asked.question.cache),
                              needs.memory.compute_bytes);
  std::vector<Verdict> verdicts;
  for (Placement& placement : placements(model, gpus, capacity.memory_bytes, asked.question.place))
    verdicts.push_back(weigh_placement(asked, format, capacity, costs, std::move(placement)));
  if (verdicts.empty()) return no_gpu(format, asked.question);
  auto best = std::min_element(verdicts.begin(), verdicts.end(), [&](const Verdict& a, const Verdict& b) {
    return better(a, b, asked.question);
  });
  Verdict verdict = std::move(*best);
  for (auto other = verdicts.begin(); other != verdicts.end(); ++other)
    if (other != best) verdict.others.push_back(other_of(*other));
  return verdict;
}

}  // namespace

std::optional<double> request_s(const Verdict& v, const Question& question) {
  if (v.encode_ms) return v.encode_ms->mid / 1e3;
  if (!v.ttft_s || !v.decode_tps) return std::nullopt;
  return v.ttft_s->mid + (std::max(question.answer, 1u) - 1) / v.decode_tps->mid;
}

std::vector<Verdict> weigh(const AskedModel& asked, const Capacity& capacity, const CostModel& costs) {
  const auto gpus = gpus_to_try(capacity, costs, asked.question.place);
  std::vector<Verdict> verdicts;
  for (const AskedFormat& format : asked.formats)
    verdicts.push_back(weigh_placements(asked, format, capacity, costs, gpus));
  return verdicts;
}

Verdict fit(const ModelShape& shape, const Question& question, const Capacity& capacity,
            const CostModel& costs) {
  const AskedModel asked = ask(shape, question);
  return answer(asked, capacity, weigh(asked, capacity, costs));
}

}  // namespace weighin
