#include "results/shrink/shrink.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "models/memory/memory.h"
#include "models/text/units.h"
#include "results/fit/asked_model.h"
#include "results/fit/verdict.h"
#include "results/measured/predict.h"
#include "results/text/numbers.h"

namespace weighin {
namespace {

/// LoRA's rank in the answer: within what the paper tries (1 to 64), and the default of its library.
constexpr uint32_t lora_rank = 8;

/// What every option is weighed with.
struct Scale {
  const Capacity& capacity;
  const CostModel& costs;
  uint32_t context;
  uint32_t depth;   // tokens in the cache when speed is asked
  uint32_t prompt;  // tokens of it
};

uint32_t context_of(const ModelShape& shape, const Scale& scale) {
  return std::min(scale.context, shape.max_context);
}

MemoryUse memory_of(const Shrunk& shrunk, const Scale& scale) {
  const FileFormat& format = file_format_of(shrunk.format);
  MemoryUse memory = memory_use(*shrunk.shape, format, context_of(*shrunk.shape, scale));
  if (shrunk.sparsity.kind == SparseKind::none) return memory;
  memory.weights_bytes = sparse_weights_bytes(*shrunk.shape, format, shrunk.sparsity);
  memory.repacked_bytes = 0;  // orders for dense blocks
  return memory;
}

uint64_t download_of(const Shrunk& shrunk) {
  const FileFormat& format = file_format_of(shrunk.format);
  const uint64_t whole = download_bytes(*shrunk.shape, format);
  if (shrunk.sparsity.kind == SparseKind::none) return whole;
  return whole - weights_bytes(*shrunk.shape, format) +
         sparse_weights_bytes(*shrunk.shape, format, shrunk.sparsity);
}

void weigh_bytes(ShrinkOption& option, const Capacity& capacity) {
  const uint64_t needed = option.memory.peak_bytes();
  if (capacity.memory_kind == "unknown") {
    option.fits_text = "how much memory there is could not be read";
    return;
  }
  option.fits = needed <= capacity.memory_bytes;
  if (!*option.fits)
    option.fits_text =
        needs_text(in_gib(needed), in_gib(capacity.memory_bytes), "GiB", "available", capacity.memory_kind);
  if (!*option.fits && needed - option.memory.repacked_bytes <= capacity.memory_bytes)
    option.fits_text += "; fits without the repacked copy (llama.cpp's --no-repack)";
  if (!capacity.storage_free_bytes || option.download_bytes <= *capacity.storage_free_bytes) return;
  option.fits = false;
  if (!option.fits_text.empty()) option.fits_text += "; ";
  option.fits_text +=
      needs_text(in_gb(option.download_bytes), in_gb(*capacity.storage_free_bytes), "GB", "free", "storage");
}

bool has_kernels(FileFormatId id) {
  const auto formats = kernel_file_formats();
  return std::any_of(formats.begin(), formats.end(), [&](const FileFormat& f) { return f.id == id; });
}

void predict_speed(ShrinkOption& option, const Shrunk& shrunk, const Scale& scale) {
  const bool priced = shrunk.sparsity.kind == SparseKind::none && !scale.costs.measurements().empty() &&
                      (has_kernels(shrunk.format) || shrunk.format == FileFormatId::as_stored);
  if (!priced) return;
  const Prediction prediction = predict(*shrunk.shape, file_format_of(shrunk.format), scale.prompt,
                                        scale.depth, option.memory.weights_bytes, scale.costs);
  option.decode_tps = prediction.decode_tps;
  option.encode_ms = prediction.encode_ms;
}

/// Where it fits on GPUs that were measured, wholly or with the CPU, and is faster there or fits on the CPU
/// alone not: its placement, memory and speed are those that `fit` answers with.
void lay_on_gpus(ShrinkOption& option, const Shrunk& shrunk, const Scale& scale) {
  const bool dense = shrunk.sparsity.kind == SparseKind::none;
  if (!dense || scale.capacity.gpus.empty() || scale.costs.measurements().empty()) return;
  Question question;
  question.format = shrunk.format;
  question.context = context_of(*shrunk.shape, scale);
  const AskedModel asked = ask(*shrunk.shape, question);
  const std::vector<Verdict> verdicts = weigh(asked, scale.capacity, scale.costs);
  if (verdicts.empty() || verdicts.front().fits != true) return;
  const Verdict& verdict = verdicts.front();
  if (!verdict.layout || verdict.layout->on_cpu()) return;
  option.fits = true;
  option.fits_text.clear();
  option.placement = verdict.placement;
  option.memory = verdict.memory;
  option.decode_tps = verdict.decode_tps;
  option.encode_ms = verdict.encode_ms;
}

ShrinkOption weigh(const Shrunk& shrunk, const std::string& technique, const Scale& scale) {
  ShrinkOption option;
  option.technique = technique;
  option.what = shrunk.what;
  option.model = shrunk.shape->name;
  option.format = shrunk.format == FileFormatId::as_stored ? shrunk.shape->file_format
                                                           : file_format_of(shrunk.format).name;
  option.takes = shrunk.takes;
  option.note = shrunk.note;
  option.params = parameters(*shrunk.shape);
  option.download_bytes = download_of(shrunk);
  option.memory = memory_of(shrunk, scale);
  weigh_bytes(option, scale.capacity);
  predict_speed(option, shrunk, scale);
  lay_on_gpus(option, shrunk, scale);
  return option;
}

/// What was saved and gained against `before`.
void compare(ShrinkOption& option, const Shrunk& shrunk, const ShrinkOption& before, const Shrunk& start,
             const Scale& scale) {
  option.download_saved_bytes =
      static_cast<int64_t>(before.download_bytes) - static_cast<int64_t>(option.download_bytes);
  option.memory_saved_bytes =
      static_cast<int64_t>(before.memory.peak_bytes()) - static_cast<int64_t>(option.memory.peak_bytes());
  const auto read = [&](const Shrunk& s) {
    return static_cast<double>(
        bytes_read_per_token(*s.shape, file_format_of(s.format), s.sparsity, scale.depth));
  };
  const double after = read(shrunk);
  if (after > 0) option.speed_gain = read(start) / after;
  if (before.decode_tps && option.decode_tps) {
    option.speed_gain = option.decode_tps->mid / before.decode_tps->mid;
    option.speed_basis = "measured";
  } else if (before.encode_ms && option.encode_ms) {
    option.speed_gain = before.encode_ms->mid / option.encode_ms->mid;
    option.speed_basis = "measured";
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

/// `shrunk` in the format of least known loss in which it fits; in the smallest where it fits in none.
std::optional<Shrunk> quantized_to_fit(const Shrunk& shrunk, const Scale& scale) {
  std::vector<std::pair<double, Shrunk>> formats;
  for (Shrunk& option : quantization_options(*shrunk.shape, file_format_of(shrunk.format)))
    if (const Quality* figure = find_quality("quantization", option.quality, *shrunk.shape)) {
      option.shape = shrunk.shape;
      formats.emplace_back(loss_percent(*figure), std::move(option));
    }
  if (formats.empty()) return std::nullopt;
  std::stable_sort(formats.begin(), formats.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  const Shrunk* smallest = nullptr;
  uint64_t smallest_bytes = std::numeric_limits<uint64_t>::max();
  for (const auto& [loss, option] : formats) {
    ShrinkOption bytes;
    bytes.memory = memory_of(option, scale);
    bytes.download_bytes = download_of(option);
    weigh_bytes(bytes, scale.capacity);
    if (bytes.fits != true) lay_on_gpus(bytes, option, scale);
    if (bytes.fits == true) return option;
    if (bytes.memory.peak_bytes() < smallest_bytes) {
      smallest = &option;
      smallest_bytes = bytes.memory.peak_bytes();
    }
  }
  return *smallest;
}

/// Fits first; then as ShrinkAnswer says.
void rank(std::vector<ShrinkOption>& options) {
  constexpr double never = std::numeric_limits<double>::infinity();
  std::map<std::string, double> worst_known;  // of a technique, among those that fit
  for (const ShrinkOption& option : options)
    if (option.fits != false && option.loss_percent) {
      double& worst = worst_known.try_emplace(option.technique, *option.loss_percent).first->second;
      worst = std::max(worst, *option.loss_percent);
    }
  const auto place = [&](const ShrinkOption& option) {
    if (option.loss_percent) return *option.loss_percent;
    const auto worst = worst_known.find(option.technique);
    return worst == worst_known.end() ? never : worst->second;
  };
  std::stable_sort(options.begin(), options.end(), [&](const ShrinkOption& a, const ShrinkOption& b) {
    const bool a_fits = a.fits != false, b_fits = b.fits != false;
    if (a_fits != b_fits) return a_fits;
    if (!a_fits) return a.memory.peak_bytes() < b.memory.peak_bytes();
    if (place(a) != place(b)) return place(a) < place(b);
    if (a.loss_percent.has_value() != b.loss_percent.has_value()) return a.loss_percent.has_value();
    return a.params > b.params || (a.params == b.params && a.download_bytes > b.download_bytes);
  });
}

}  // namespace

tl::expected<ShrinkAnswer, std::string> shrink(const ModelShape& shape, const ShrinkQuestion& question,
                                               const Capacity& capacity, const CostModel& costs) {
  if (!shape.undisclosed.empty()) return tl::unexpected(fmt::format("{}: {}", shape.name, shape.undisclosed));
  const Question usual;
  ShrinkAnswer answer;
  answer.model = shape.name;
  answer.task = shape.task;
  answer.context = answered_context(shape, question.context);
  const uint32_t last = answer.context ? answer.context - 1 : 0;
  const Scale scale{capacity, costs, answer.context, std::min(usual.prompt + usual.answer / 2, last),
                    std::max(1u, std::min(usual.prompt, answer.context))};

  const FileFormat& start_format = file_format_of(question.format);
  const Shrunk start{.what = "as it is",
                     .quality = "",
                     .takes = "nothing",
                     .note = "",
                     .shape = itself(shape),
                     .format = question.format,
                     .sparsity = {}};
  answer.as_it_is = weigh(start, "as it is", scale);
  const auto add = [&](const Shrunk& shrunk, ShrinkOption option) {
    compare(option, shrunk, answer.as_it_is, start, scale);
    answer.options.push_back(std::move(option));
  };
  for (const Technique& technique : all_techniques()) {
    const std::string name(technique.name);
    for (const Shrunk& shrunk : technique.apply(shape, start_format)) {
      ShrinkOption option = weigh(shrunk, name, scale);
      add_quality(option, name, shrunk.quality, shape);
      const bool fits = option.fits == true;
      add(shrunk, std::move(option));
      if (fits || !technique.combines) continue;
      if (const auto both = quantized_to_fit(shrunk, scale)) {
        ShrinkOption combined = weigh(*both, name + " + quantization", scale);
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
  const auto fits = [](const ShrinkOption& option) { return option.fits == true; };
  answer.any_fits = fits(answer.as_it_is) || std::any_of(answer.options.begin(), answer.options.end(), fits);
  answer.lora = lora_cost(shape, lora_rank, LoraTarget::query_value);
  answer.lora_all = lora_cost(shape, lora_rank, LoraTarget::all_linear);
  return answer;
}

}  // namespace weighin
