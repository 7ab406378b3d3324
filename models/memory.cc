#include "models/memory.h"

#include <algorithm>

#include "models/file_bytes.h"
#include "models/llamacpp/memory.h"

namespace weighin {
namespace {

/// The KV cache grows in steps of 256 tokens (llama.cpp v0.5.0, confirmed by its log).
constexpr uint32_t context_step = 256;
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
  MemorySettings exact = settings;
  use.kv_bytes = llamacpp::cache_bytes(shape, exact);
  const uint64_t tokens = std::max(1u, std::min(settings.context, settings.micro_batch));
  const uint64_t active = std::max<uint64_t>(1, shape.experts_active);
  const uint64_t ffn = active * std::max<uint64_t>(shape.ffn_width, shape.width);
  use.workspace_bytes = use.compute_bytes = 4ull * tokens * (3 * ffn + 4ull * shape.width);
  use.logits_bytes = 4ull * shape.vocab * std::max(1u, settings.sequences);
  use.tokenizer_bytes = shape.vocab * vocabulary_entry_bytes * 2;
  use.runtime_bytes = program_bytes;
  use.largest_buffer_bytes = std::max({use.weights_bytes, use.kv_bytes, use.compute_bytes});
  for (size_t i = 0; const FormatId id : tensor_formats(shape, format)) {
    const Tensor& tensor = shape.tensors[i++];
    use.largest_tensor_bytes =
        std::max(use.largest_tensor_bytes, row_bytes(id, tensor.cols) * tensor.rows * tensor.stored);
  }
  return use;
}

}  // namespace

uint64_t weights_bytes(const ModelShape& shape, const FileFormat& format) {
  if (format.id == FileFormatId::as_stored && shape.packed_bytes) return shape.packed_bytes;
  const std::vector<FormatId> formats = tensor_formats(shape, format);
  uint64_t sum = 0;
  for (size_t i = 0; i < formats.size(); ++i) {
    const Tensor& tensor = shape.tensors[i];
    sum += row_bytes(formats[i], tensor.cols) * tensor.rows * tensor.stored;
  }
  return sum;
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
  const auto fits = [&](uint32_t context) {
    settings.context = context;
    return memory_use(shape, format, settings).peak_bytes() <= usable_bytes;
  };
  if (shape.max_context == 0 || !fits(1)) return 0;
  if (fits(shape.max_context)) return shape.max_context;
  // Memory grows with each step of 256 tokens; every context within a step has the last one's cache.
  uint32_t low = 0,
           high = shape.max_context / context_step + 1;  // in steps: low fits (or is 0), high does not
  while (high - low > 1) {
    const uint32_t middle = low + (high - low) / 2;
    (fits(middle * context_step) ? low : high) = middle;
  }
  return low * context_step;
}

}  // namespace weighin
