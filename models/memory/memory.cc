#include "models/memory/memory.h"

#include <algorithm>

#include "models/bytes/file_bytes.h"
#include "models/llamacpp/memory.h"

namespace weighin {
namespace {

/// The program itself, beside what it allocates: about 8 MiB of resident size (measured, llama.cpp v0.5.0).
constexpr uint64_t program_bytes = 8ull << 20;
/// A vocabulary entry in a GGUF header, by the format's layout (GGUF specification v3): 8 bytes of length and
/// about 7 of text, a 4-byte score, a 4-byte type, and for BPE one merge of 8 + about 9 bytes. An estimate:
/// texts differ.
constexpr uint64_t vocabulary_entry_bytes = 40;

/// Weights, cache, and the f32 results of one layer for a micro-batch: its input, normalized input, residual
/// and output, and gate, up and their product for each active expert.
MemoryUse plain_memory(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings) {
  MemoryUse use;
  use.weights_bytes = weights_bytes(shape, format);
  use.kv_bytes = llamacpp::cache_bytes(shape, settings);
  const uint64_t tokens = std::max(1u, std::min(settings.context, settings.micro_batch));
  const uint64_t active = std::max<uint64_t>(1, shape.experts_active);
  const uint64_t ffn = active * std::max<uint64_t>(shape.ffn_width, shape.width);
  use.workspace_bytes = use.compute_bytes = 4ull * tokens * (3 * ffn + 4ull * shape.width);
  use.logits_bytes = 4ull * shape.vocab * std::max(1u, settings.sequences);
  use.tokenizer_bytes = shape.vocab * vocabulary_entry_bytes * 2;
  use.runtime_bytes = program_bytes;
  use.largest_buffer_bytes = std::max({use.weights_bytes, use.kv_bytes, use.compute_bytes});
  use.largest_tensor_bytes = largest_tensor_bytes(shape, tensor_formats(shape, format));
  return use;
}

}  // namespace

uint64_t weights_bytes(const ModelShape& shape, const FileFormat& format) {
  return weights_bytes(shape, format, tensor_formats(shape, format));
}

uint64_t weights_bytes(const ModelShape& shape, const FileFormat& format,
                       const std::vector<FormatId>& formats) {
  if (format.id == FileFormatId::as_stored && shape.packed_bytes) return shape.packed_bytes;
  uint64_t sum = 0;
  for (size_t i = 0; i < formats.size(); ++i) sum += stored_bytes(shape.tensors[i], formats[i]);
  return sum;
}

uint64_t largest_tensor_bytes(const ModelShape& shape, const std::vector<FormatId>& formats) {
  uint64_t most = 0;
  for (size_t i = 0; i < formats.size(); ++i)
    most = std::max(most, stored_bytes(shape.tensors[i], formats[i]));
  return most;
}

uint64_t download_bytes(const ModelShape& shape, const FileFormat& format) {
  if (format.id == FileFormatId::as_stored && shape.file_bytes) return shape.file_bytes;
  return file_bytes(shape, format).total();
}

MemoryUse memory_use(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings) {
  return settings.engine == Engine::llamacpp ? llamacpp::memory_use(shape, format, settings)
                                             : plain_memory(shape, format, settings);
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

  // Memory grows with each step of tokens; every context within a step has the last one's cache. The search
  // is over steps: low fits (or is 0), high does not. All but the cache lies between the two ends', so that
  // with these alone, which is quick, it is narrowed from both sides; what is left is asked exactly.
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
