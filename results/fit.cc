#include "results/fit.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/size_class.h"
#include "results/asked_model.h"
#include "results/best_format.h"
#include "results/predict.h"
#include "results/verdict.h"

namespace weighin {
namespace {

/// The context answered for when none is asked: a convention of weighin, printed with every answer.
constexpr uint32_t default_context = 4096;
constexpr double gib = 1024.0 * 1024 * 1024;
constexpr double gb = 1e9;

Verdict identity(const ModelShape& shape) {
  Verdict verdict;
  verdict.model = shape.name;
  verdict.task = shape.task;
  if (!shape.undisclosed.empty()) {
    verdict.basis = "undisclosed: " + shape.undisclosed;
    verdict.limit = {.kind = "unknown", .text = shape.undisclosed};
    return verdict;
  }
  verdict.params = parameters(shape);
  verdict.active_params = active_parameters(shape);
  verdict.size_class = size_class_of(verdict.params).name;
  return verdict;
}

/// Context and prompt as they will be, with a warning for each that was cut.
void settle_tokens(Verdict& verdict, const ModelShape& shape, const Question& question) {
  verdict.context = answered_context(shape, question.context);
  if (question.context > verdict.context)
    verdict.warnings.push_back(fmt::format("context {} is more than {}'s maximum: answered for {}",
                                           question.context, shape.name, verdict.context));
  if (shape.task == Task::encode) {
    verdict.prompt = std::min(encoder_tokens, shape.max_context);
    return;
  }
  verdict.prompt = std::max<uint32_t>(1, question.prompt);
  if (verdict.prompt > verdict.context) {
    verdict.warnings.push_back(fmt::format("a prompt of {} does not fit in a context of {}: answered for {}",
                                           verdict.prompt, verdict.context, verdict.context));
    verdict.prompt = verdict.context;
  }
  if (uint64_t{verdict.prompt} + question.answer > verdict.context)
    verdict.warnings.push_back(fmt::format("prompt {} and answer {} are more than the context of {}",
                                           verdict.prompt, question.answer, verdict.context));
}

Limit memory_limit(const Verdict& verdict, const Capacity& capacity) {
  const double needed = static_cast<double>(verdict.memory.peak_bytes());
  const double usable = static_cast<double>(capacity.memory_bytes);
  Limit limit{capacity.memory_kind, needed, usable,
              needs_text(needed / gib, usable / gib, "GiB", "available", capacity.memory_kind)};
  if (needed > usable && capacity.now && needed <= static_cast<double>(capacity.memory_total_bytes))
    limit.text += fmt::format("; fits after freeing {} GiB", two_digits((needed - usable) / gib));
  return limit;
}

Limit storage_limit(const Verdict& verdict, uint64_t free_bytes) {
  const double needed = static_cast<double>(verdict.download_bytes), usable = static_cast<double>(free_bytes);
  return {"storage", needed, usable, needs_text(needed / gb, usable / gb, "GB", "free", "storage")};
}

/// Sets fits, and the limit of memory and storage that leaves the least headroom.
void weigh_bytes(Verdict& verdict, const Capacity& capacity) {
  verdict.limit = memory_limit(verdict, capacity);
  if (capacity.memory_kind == "unknown") {
    verdict.limit = {.kind = "unknown",
                     .needed = static_cast<double>(verdict.memory.peak_bytes()),
                     .text = fmt::format("needs {} GiB, how much memory there is could not be read",
                                         two_digits(static_cast<double>(verdict.memory.peak_bytes()) / gib))};
  } else {
    verdict.fits = verdict.memory.peak_bytes() <= capacity.memory_bytes;
  }
  if (!capacity.storage_free_bytes) {
    if (!capacity.rule.empty()) return;
    verdict.warnings.emplace_back("free storage could not be read: it is not part of this answer");
    return;
  }
  const Limit storage = storage_limit(verdict, *capacity.storage_free_bytes);
  const bool stored = verdict.download_bytes <= *capacity.storage_free_bytes;
  const double memory_share = verdict.limit.usable > 0 ? verdict.limit.needed / verdict.limit.usable : 1e300;
  const double storage_share = storage.usable > 0 ? storage.needed / storage.usable : 1e300;
  const bool known = verdict.fits.has_value();
  if ((known && storage_share > memory_share) || (!known && !stored)) verdict.limit = storage;
  if (!stored) verdict.fits = false;
}

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

Speeds speeds_from(const AskedModel& model, const Evidence& evidence) {
  return [&](const AskedFormat& asked) {
    return predict(*model.shape, *asked.format, asked.needs.prompt, asked.depth,
                   asked.needs.memory.weights_bytes, evidence, model.question.cache, {model.question.engine});
  };
}

/// Of a file that was read: all its bits over all its weights.
double stored_bits_per_weight(const ModelShape& shape) {
  const uint64_t weights = parameters(shape);
  const MemoryUse memory = memory_use(shape, file_format_of(FileFormatId::as_stored), 1);
  return weights ? 8 * static_cast<double>(memory.weights_bytes) / static_cast<double>(weights) : 0;
}

/// What must be in memory: a mapped file's pages can be given up once its weights are repacked, so they are
/// not counted twice.
MemorySettings settings_for(uint32_t context, FormatId cache) {
  MemorySettings settings;
  settings.context = context;
  settings.key = settings.value = cache;
  settings.mmap = false;
  return settings;
}

/// The limit, the judgement and the speeds of one format on one device.
Verdict weigh_format(const AskedFormat& asked, const Question& question, const Capacity& capacity,
                     Prediction prediction) {
  Verdict verdict = asked.needs;
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

AskedFormat ask_format(const ModelShape& shape, const FileFormat& format, const Question& question) {
  AskedFormat asked{&format, identity(shape), 0};
  Verdict& needs = asked.needs;
  const bool stored = format.id == FileFormatId::as_stored;
  needs.format = stored ? shape.file_format : format.name;
  needs.bits_per_weight = stored ? stored_bits_per_weight(shape) : format_of(format.base).bits_per_weight();
  settle_tokens(needs, shape, question);
  needs.memory = memory_use(shape, format, settings_for(needs.context, question.cache));
  needs.download_bytes = download_bytes(shape, format);
  // Half of the answer is in the cache when the middle one of its tokens is computed.
  asked.depth = static_cast<uint32_t>(std::min<uint64_t>(uint64_t{needs.prompt} + question.answer / 2,
                                                         needs.context ? needs.context - 1 : 0));
  return asked;
}

}  // namespace

uint32_t answered_context(const ModelShape& shape, uint32_t asked) {
  return std::min(asked ? asked : default_context, shape.max_context);
}

AskedModel ask(const ModelShape& shape, const Question& question) {
  AskedModel asked{&shape, question, {}};
  if (!shape.undisclosed.empty()) return asked;
  std::optional<FileFormatId> one = question.format;
  if (!shape.file_format.empty()) one = FileFormatId::as_stored;  // a file is what it is, whatever is asked
  if (one) {
    asked.formats.push_back(ask_format(shape, file_format_of(*one), question));
    return asked;
  }
  for (const FileFormat& format : kernel_file_formats())
    asked.formats.push_back(ask_format(shape, format, question));
  return asked;
}

std::vector<Verdict> weigh(const AskedModel& asked, const Capacity& capacity, const Speeds& speeds) {
  std::vector<Verdict> verdicts;
  for (const AskedFormat& format : asked.formats)
    verdicts.push_back(weigh_format(format, asked.question, capacity, speeds(format)));
  return verdicts;
}

std::vector<Verdict> weigh(const AskedModel& asked, const Capacity& capacity, const Evidence& evidence) {
  return weigh(asked, capacity, speeds_from(asked, evidence));
}

Verdict answer(const AskedModel& asked, const Capacity& capacity, const Speeds& speeds) {
  const ModelShape& shape = *asked.shape;
  if (asked.formats.empty()) {
    Verdict verdict = identity(shape);
    verdict.prompt = asked.question.prompt;
    return verdict;
  }
  const std::vector<Verdict> verdicts = weigh(asked, capacity, speeds);
  const Verdict& best = best_format(verdicts, asked.question.allow_low_bit);
  const FileFormat& format = *asked.formats[static_cast<size_t>(&best - verdicts.data())].format;
  Verdict verdict = best;
  verdict.max_context = largest_context(shape, format, capacity.memory_bytes,
                                        settings_for(verdict.context, asked.question.cache));
  if (verdict.fits == false && verdict.max_context > 0 && verdict.memory.peak_bytes() > capacity.memory_bytes)
    verdict.warnings.push_back(fmt::format("memory suffices for a context of {}", verdict.max_context));
  return verdict;
}

Verdict fit(const ModelShape& shape, const Question& question, const Capacity& capacity,
            const Evidence& evidence) {
  const AskedModel asked = ask(shape, question);
  return answer(asked, capacity, speeds_from(asked, evidence));
}

}  // namespace weighin
