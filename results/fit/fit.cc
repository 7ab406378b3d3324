#include "results/fit/fit.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/shape/size_class.h"
#include "results/fit/asked_model.h"
#include "results/measured/predict.h"

namespace weighin {
namespace {

/// The context answered for when none is asked: a convention of weighin, printed with every answer.
constexpr uint32_t default_context = 4096;

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

/// Of a file that was read: all its bits over all its weights.
double stored_bits_per_weight(const ModelShape& shape) {
  const uint64_t weights = parameters(shape);
  const MemoryUse memory = memory_use(shape, file_format_of(FileFormatId::as_stored), 1);
  return weights ? 8 * static_cast<double>(memory.weights_bytes) / static_cast<double>(weights) : 0;
}

AskedFormat ask_format(const ModelShape& shape, const FileFormat& format, const Question& question) {
  AskedFormat asked{&format, identity(shape), 0};
  Verdict& needs = asked.needs;
  const bool stored = format.id == FileFormatId::as_stored;
  needs.format = stored ? shape.file_format : format.name;
  needs.bits_per_weight = stored ? stored_bits_per_weight(shape) : format_of(format.base).bits_per_weight();
  settle_tokens(needs, shape, question);
  needs.memory = memory_use(shape, format, settings_of(needs.context, question.cache));
  needs.download_bytes = download_bytes(shape, format);
  // Half of the answer is in the cache when the middle one of its tokens is computed.
  asked.depth = static_cast<uint32_t>(std::min<uint64_t>(uint64_t{needs.prompt} + question.answer / 2,
                                                         needs.context ? needs.context - 1 : 0));
  return asked;
}

}  // namespace

MemorySettings settings_of(uint32_t context, FormatId cache) {
  MemorySettings settings;
  settings.context = context;
  settings.key = settings.value = cache;
  settings.mmap = false;
  return settings;
}

Verdict undisclosed(const AskedModel& asked) {
  Verdict verdict = identity(*asked.shape);
  verdict.prompt = asked.question.prompt;
  return verdict;
}

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

}  // namespace weighin
