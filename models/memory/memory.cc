#include "models/memory/memory.h"

#include <algorithm>

#include "models/bytes/resident_bytes.h"
#include "models/bytes/tensor_formats.h"
#include "models/bytes/weights_bytes.h"
#include "models/llamacpp/memory.h"

namespace weighin {
namespace {

/// The memory of a generic engine: weights, KV cache, and the f32 results of one layer for a micro-batch.
/// These are the layer's input, normalized input, residual and output, and for each active expert gate, up
/// and their product.
MemoryUse generic_memory(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings) {
  MemoryUse use;
  use.weights_bytes = weights_bytes(shape, format);
  use.kv_bytes = llamacpp::cache_bytes(shape, settings);
  const uint64_t tokens = std::max(1u, std::min(settings.context, settings.micro_batch));
  const uint64_t active = std::max<uint64_t>(1, shape.experts_active);
  const uint64_t ffn = active * std::max<uint64_t>(shape.ffn_width, shape.width);
  use.workspace_bytes = use.compute_bytes = 4ull * tokens * (3 * ffn + 4ull * shape.width);
  use.logits_bytes = 4ull * shape.vocab * std::max(1u, settings.sequences);
  use.tokenizer_bytes = shape.vocab * vocabulary_entry_bytes;
  use.runtime_bytes = program_bytes;
  use.largest_buffer_bytes = std::max({use.weights_bytes, use.kv_bytes, use.compute_bytes});
  use.largest_tensor_bytes = largest_tensor_bytes(shape, tensor_formats(shape, format));
  return use;
}

}  // namespace

MemoryUse memory_use(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings) {
  return settings.engine == Engine::llamacpp ? llamacpp::memory_use(shape, format, settings)
                                             : generic_memory(shape, format, settings);
}

MemoryUse memory_use(const ModelShape& shape, const FileFormat& format, uint32_t context,
                     uint32_t micro_batch) {
  MemorySettings settings;
  settings.context = context;
  settings.micro_batch = micro_batch;
  return memory_use(shape, format, settings);
}

uint32_t largest_context(const ModelShape& shape, const FileFormat& format, uint64_t usable_bytes,
                         MemorySettings settings) {
  const auto use_at = [&](uint32_t context) {
    settings.context = context;
    return memory_use(shape, format, settings);
  };
  if (shape.max_context == 0) return 0;
  const MemoryUse least = use_at(1);
  if (least.needed_bytes() > usable_bytes) return 0;
  const MemoryUse most = use_at(shape.max_context);
  if (most.needed_bytes() <= usable_bytes) return shape.max_context;

  // Every context within a step of context_step tokens has the KV cache of the step's end, so the search is
  // over steps. `low` always fits (or is 0) and `high` never does. An exact answer costs a whole graph. The
  // memory beside the cache lies between that of the least and that of the largest context, so with each of
  // these two the search is first narrowed from one side, which only needs the size of the cache. The exact
  // search covers what is left.
  const auto search = [&](uint32_t low, uint32_t high, auto fits) {
    while (high - low > 1) {
      const uint32_t middle = low + (high - low) / 2;
      (fits(middle) ? low : high) = middle;
    }
    return low;
  };
  const auto fits_beside = [&](const MemoryUse& end) {
    return [&, beside = end.needed_bytes() - end.kv_bytes](uint32_t step) {
      settings.context = step * context_step;
      return beside + llamacpp::cache_bytes(shape, settings) <= usable_bytes;
    };
  };
  const uint32_t beyond = shape.max_context / context_step + 1;
  const uint32_t surely = search(0, beyond, fits_beside(most));
  const uint32_t at_most = search(surely, beyond, fits_beside(least));
  const uint32_t found = search(surely, at_most + 1, [&](uint32_t step) {
    return use_at(step * context_step).needed_bytes() <= usable_bytes;
  });
  return found * context_step;
}

}  // namespace weighin
