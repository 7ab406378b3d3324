#include "results/fit/request.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/bytes/file_bytes.h"
#include "models/shape/size_class.h"
#include "results/records/prediction.h"

namespace weighin {
namespace {

/// Context and prompt as they will be, with a warning for each that was cut.
void settle_tokens(FormatRequest& request, const ModelShape& shape, const Question& question) {
  Needs& needs = request.needs;
  needs.context = answered_context(shape, question.context);
  if (question.context > needs.context)
    request.warnings.push_back(fmt::format("context {} is more than {}'s maximum: answered for {}",
                                           question.context, shape.name, needs.context));
  if (shape.task == Task::encode) {
    needs.prompt = std::min(encoder_tokens, shape.max_context);
    return;
  }
  needs.prompt = std::max<uint32_t>(1, question.prompt);
  if (needs.prompt > needs.context) {
    request.warnings.push_back(fmt::format("a prompt of {} does not fit in a context of {}: answered for {}",
                                           needs.prompt, needs.context, needs.context));
    needs.prompt = needs.context;
  }
  if (uint64_t{needs.prompt} + question.answer > needs.context)
    request.warnings.push_back(fmt::format("prompt {} and answer {} are more than the context of {}",
                                           needs.prompt, question.answer, needs.context));
}

/// Of a file that was read: all its bits over all its weights.
double stored_bits_per_weight(const ModelShape& shape) {
  const uint64_t weights = parameters(shape);
  const MemoryUse memory = memory_use(shape, file_format_of(FileFormatId::as_stored), 1);
  return weights ? 8 * static_cast<double>(memory.weights_bytes) / static_cast<double>(weights) : 0;
}

FormatRequest request_in(const ModelShape& shape, const FileFormat& format, const Question& question) {
  FormatRequest request{
      .format = &format, .needs = identity_of(shape), .work = model_work(shape, format), .warnings = {}};
  Needs& needs = request.needs;
  const bool stored = format.id == FileFormatId::as_stored;
  needs.format = stored ? shape.file_format : format.name;
  needs.bits_per_weight = stored ? stored_bits_per_weight(shape) : format_of(format.base).bits_per_weight();
  settle_tokens(request, shape, question);
  needs.memory = memory_use(shape, format, needed_settings(needs.context, question.cache));
  needs.download_bytes = download_bytes(shape, format);
  // Half of the answer is in the cache when the middle one of its tokens is computed.
  needs.depth = static_cast<uint32_t>(std::min<uint64_t>(uint64_t{needs.prompt} + question.answer / 2,
                                                         needs.context ? needs.context - 1 : 0));
  return request;
}

}  // namespace

Needs identity_of(const ModelShape& shape) {
  Needs needs;
  needs.model = shape.name;
  needs.task = shape.task;
  if (!shape.undisclosed.empty()) return needs;
  needs.params = parameters(shape);
  needs.active_params = active_parameters(shape);
  needs.size_class = size_class_of(needs.params).name;
  return needs;
}

Request request_of(const ModelShape& shape, const Question& question) {
  Request request{&shape, question, {}};
  if (!shape.undisclosed.empty()) return request;
  // A file that was read is answered for in its own format, whatever is asked.
  const std::optional<FileFormatId> one =
      shape.file_format.empty() ? question.format : FileFormatId::as_stored;
  if (one) {
    request.formats.push_back(request_in(shape, file_format_of(*one), question));
    return request;
  }
  for (const FileFormat& format : kernel_file_formats())
    request.formats.push_back(request_in(shape, format, question));
  return request;
}

}  // namespace weighin
