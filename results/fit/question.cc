#include "results/fit/question.h"

#include <algorithm>

namespace weighin {
namespace {

/// The context that is answered for when none is asked: a convention of weighin, printed with every answer.
constexpr uint32_t default_context = 4096;

}  // namespace

uint32_t answered_context(const ModelShape& shape, uint32_t asked) {
  return std::min(asked ? asked : default_context, shape.max_context);
}

MemorySettings needed_settings(uint32_t context, FormatId cache) {
  MemorySettings settings;
  settings.context = context;
  settings.key = settings.value = cache;
  settings.mmap = false;
  return settings;
}

}  // namespace weighin
