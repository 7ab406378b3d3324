#include "results/shrink/shrink.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "models/bytes/file_bytes.h"
#include "models/bytes/weights_bytes.h"
#include "models/memory/memory.h"
#include "models/shrink/quantization_options.h"
#include "models/shrink/techniques.h"
#include "results/fit/speed_source.h"
#include "results/fit/weigh.h"

namespace weighin {
namespace {

/// The rank of LoRA in the answer. It lies within the range that the paper tries (1 to 64), and is the
/// default of its library.
constexpr uint32_t lora_rank = 8;

/// What every option is weighed with.
struct Scale {
  const DeviceProfile& device;
  uint32_t context;
};

/// The request that `fit` makes of such a model. Sparse weights take their own bytes, and no kernel
/// computes with them.
Request request_for(const SmallerModel& shrunk, const Scale& scale) {
  Question question;
  question.format = shrunk.format;
  question.context = std::min(scale.context, shrunk.shape->max_context);
  Request request = request_of(*shrunk.shape, question);
  if (shrunk.sparsity.kind == SparseKind::none) return request;
  for (FormatRequest& format : request.formats) {
    const uint64_t sparse = sparse_weights_bytes(*shrunk.shape, *format.format, shrunk.sparsity);
    format.needs.download_bytes += sparse;
    format.needs.download_bytes -= format.needs.memory.weights_bytes;
    format.needs.memory.weights_bytes = sparse;
    format.needs.memory.repacked_bytes = 0;  // the CPU's own orders are for dense blocks
    format.dense = false;
  }
  return request;
}

Verdict verdict_on(const SmallerModel& shrunk, const Scale& scale) {
  return weigh_formats(request_for(shrunk, scale), scale.device).front();
}

ShrinkOption weigh_option(const SmallerModel& shrunk, const std::string& technique, const Scale& scale) {
  ShrinkOption option;
  option.technique = technique;
  option.what = shrunk.what;
  option.takes = shrunk.takes;
  option.note = shrunk.note;
  option.verdict = verdict_on(shrunk, scale);
  return option;
}

/// What was saved and gained against `before`.
void compare(ShrinkOption& option, const SmallerModel& shrunk, const ShrinkOption& before,
             const SmallerModel& start, std::string_view speeds) {
  const Needs &is = option.verdict.needs, &was = before.verdict.needs;
  option.download_saved_bytes =
      static_cast<int64_t>(was.download_bytes) - static_cast<int64_t>(is.download_bytes);
  option.memory_saved_bytes =
      static_cast<int64_t>(was.memory.needed_bytes()) - static_cast<int64_t>(is.memory.needed_bytes());
  const auto read = [&](const SmallerModel& s) {
    return static_cast<double>(
        bytes_read_per_token(*s.shape, file_format_of(s.format), s.sparsity, was.depth));
  };
  const double after = read(shrunk);
  if (after > 0) option.speed_gain = read(start) / after;
  const Prediction &now = option.verdict.prediction, &then = before.verdict.prediction;
  // A speed that is scaled from another format would say nothing of what the change of format gains.
  if (now.from_other_format || then.from_other_format) return;
  if (then.decode_tps && now.decode_tps) {
    option.speed_gain = now.decode_tps->mid / then.decode_tps->mid;
    option.speed_basis = speeds;
  } else if (then.audio_s_per_s && now.audio_s_per_s) {
    option.speed_gain = now.audio_s_per_s->mid / then.audio_s_per_s->mid;
    option.speed_basis = speeds;
  } else if (then.encode_ms && now.encode_ms) {
    option.speed_gain = then.encode_ms->mid / now.encode_ms->mid;
    option.speed_basis = speeds;
  }
}

void add_quality(ShrinkOption& option, const std::string& technique, const std::string& what,
                 const ModelShape& shape) {
  const Quality* figure = what.empty() ? nullptr : find_quality(technique, what, shape);
  const bool first = option.quality.empty();
  option.quality.push_back({technique, figure});
  if (!figure || (!first && !option.loss_percent)) {
    option.loss_percent.reset();
  } else {
    option.loss_percent = option.loss_percent.value_or(0) + loss_percent(*figure);
  }
}

/// `shrunk` in the format with the least known loss in which it fits, or in the smallest format where it
/// fits in none.
std::optional<SmallerModel> quantized_to_fit(const SmallerModel& shrunk, const Scale& scale) {
  std::vector<std::pair<double, SmallerModel>> formats;
  for (SmallerModel& option : quantization_options(*shrunk.shape, file_format_of(shrunk.format)))
    if (const Quality* figure = find_quality("quantization", option.quality, *shrunk.shape)) {
      option.shape = shrunk.shape;
      formats.emplace_back(loss_percent(*figure), std::move(option));
    }
  if (formats.empty()) return std::nullopt;
  std::stable_sort(formats.begin(), formats.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  const SmallerModel* smallest = nullptr;
  uint64_t smallest_bytes = std::numeric_limits<uint64_t>::max();
  for (const auto& [loss, option] : formats) {
    const Verdict verdict = verdict_on(option, scale);
    if (verdict.fits == true) return option;
    if (verdict.needs.memory.needed_bytes() < smallest_bytes) {
      smallest = &option;
      smallest_bytes = verdict.needs.memory.needed_bytes();
    }
  }
  return *smallest;
}

/// Orders the options: those that fit come first, then the order of ShrinkAnswer.
void rank(std::vector<ShrinkOption>& options) {
  constexpr double never = std::numeric_limits<double>::infinity();
  std::map<std::string, double> worst_known;  // of a technique, among those that fit
  for (const ShrinkOption& option : options)
    if (option.verdict.fits != false && option.loss_percent) {
      double& worst = worst_known.try_emplace(option.technique, *option.loss_percent).first->second;
      worst = std::max(worst, *option.loss_percent);
    }
  const auto place = [&](const ShrinkOption& option) {
    if (option.loss_percent) return *option.loss_percent;
    const auto worst = worst_known.find(option.technique);
    return worst == worst_known.end() ? never : worst->second;
  };
  std::stable_sort(options.begin(), options.end(), [&](const ShrinkOption& a, const ShrinkOption& b) {
    const bool a_fits = a.verdict.fits != false, b_fits = b.verdict.fits != false;
    if (a_fits != b_fits) return a_fits;
    if (!a_fits) return a.verdict.needs.memory.needed_bytes() < b.verdict.needs.memory.needed_bytes();
    if (place(a) != place(b)) return place(a) < place(b);
    if (a.loss_percent.has_value() != b.loss_percent.has_value()) return a.loss_percent.has_value();
    const Needs &a_needs = a.verdict.needs, &b_needs = b.verdict.needs;
    return std::tie(a_needs.params, a_needs.download_bytes) >
           std::tie(b_needs.params, b_needs.download_bytes);
  });
}

}  // namespace

std::string why_not(const ShrinkOption& option) {
  return option.verdict.fits == true ? "" : option.verdict.limit.text;
}

tl::expected<ShrinkAnswer, std::string> shrink(const ModelShape& shape, const ShrinkQuestion& question,
                                               const DeviceProfile& device) {
  if (!shape.undisclosed.empty()) return tl::unexpected(fmt::format("{}: {}", shape.name, shape.undisclosed));
  ShrinkAnswer answer;
  answer.model = shape.name;
  answer.task = shape.task;
  answer.context = answered_context(shape, question.context);
  const Scale scale{device, answer.context};

  const FileFormat& start_format = file_format_of(question.format);
  const SmallerModel start{.what = "as it is",
                           .quality = "",
                           .takes = "nothing",
                           .note = "",
                           .shape = unowned(shape),
                           .format = question.format,
                           .sparsity = {}};
  answer.as_it_is = weigh_option(start, "as it is", scale);
  const auto add = [&](const SmallerModel& shrunk, ShrinkOption option) {
    compare(option, shrunk, answer.as_it_is, start, speed_source_of(device).name);
    answer.options.push_back(std::move(option));
  };
  for (const Technique& technique : all_techniques()) {
    const std::string name(technique.name);
    for (const SmallerModel& shrunk : technique.apply(shape, start_format)) {
      ShrinkOption option = weigh_option(shrunk, name, scale);
      add_quality(option, name, shrunk.quality, shape);
      const bool fits = option.verdict.fits == true;
      add(shrunk, std::move(option));
      if (fits || !technique.combines) continue;
      if (const auto both = quantized_to_fit(shrunk, scale)) {
        ShrinkOption combined = weigh_option(*both, name + " + quantization", scale);
        combined.what = shrunk.what + ", " + both->what;
        combined.takes = shrunk.takes;
        combined.note = shrunk.note;
        add_quality(combined, name, shrunk.quality, shape);
        add_quality(combined, "quantization", both->quality, *shrunk.shape);
        add(*both, std::move(combined));
      }
    }
  }
  rank(answer.options);
  const auto fits = [](const ShrinkOption& option) { return option.verdict.fits == true; };
  answer.any_fits = fits(answer.as_it_is) || std::any_of(answer.options.begin(), answer.options.end(), fits);
  answer.lora = lora_cost(shape, lora_rank, LoraTarget::query_value);
  answer.lora_all = lora_cost(shape, lora_rank, LoraTarget::all_linear);
  return answer;
}

}  // namespace weighin
