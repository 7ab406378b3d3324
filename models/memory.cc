#include "models/memory.h"

#include <algorithm>

namespace weighin {
namespace {

/// llama.cpp allots the KV cache in steps of 256 tokens (v0.5.0, confirmed by its log).
constexpr uint32_t context_step = 256;
/// The program itself, beside what it allocates: about 8 MiB of resident size (measured, llama.cpp v0.5.0).
constexpr uint64_t program_bytes = 8ull << 20;
/// A vocabulary entry in a GGUF header, by the format's layout (GGUF specification v3): 8 bytes of length and
/// about 7 of text, a 4-byte score, a 4-byte type, and for BPE one merge of 8 + about 9 bytes. An estimate:
/// texts differ.
constexpr uint64_t vocabulary_entry_bytes = 40;

uint64_t tensor_bytes(const ModelShape& shape, const FileFormat& format) {
  const std::vector<FormatId> formats = tensor_formats(shape, format);
  uint64_t sum = 0;
  for (size_t i = 0; i < formats.size(); ++i) {
    const Tensor& tensor = shape.tensors[i];
    sum += row_bytes(formats[i], tensor.cols) * tensor.rows * tensor.stored;
  }
  return sum;
}

uint64_t in_steps(uint64_t tokens) {
  return (tokens + context_step - 1) / context_step * context_step;
}

/// llama.cpp's cache for one sequence (src/llama-kv-cache-iswa.cpp, read 2026-11-24): a layer with a window
/// holds the window and one micro-batch, where other layers see everything. A model whose every layer has a
/// window (Mistral 7B v0.1) is loaded as plain Llama, with the whole context (src/models/llama.cpp).
uint64_t kv_bytes(const ModelShape& shape, uint32_t context, uint32_t micro_batch) {
  const uint64_t padded = in_steps(context);
  const bool interleaved = std::any_of(shape.attention.begin(), shape.attention.end(),
                                       [](const AttentionLayers& group) { return group.window == 0; });
  uint64_t values = 0;
  for (const AttentionLayers& group : shape.attention) {
    const uint64_t held = group.window && interleaved
                              ? std::min(padded, in_steps(uint64_t{group.window} + micro_batch))
                              : padded;
    values += held * group.layers * group.cached_values;
  }
  return values * 2;  // f16
}

/// The part of llama.cpp's compute buffer that is touched, with flash attention: see docs/method.md. A
/// mixture of experts holds the gate, up and activation rows of every active expert at once (build_moe_ffn).
uint64_t workspace_bytes(const ModelShape& shape, uint32_t micro_batch) {
  const uint64_t active = std::max<uint64_t>(1, shape.experts_active);
  const uint64_t ffn = active * std::max<uint64_t>(shape.ffn_width, shape.width);
  return 4ull * micro_batch * (3 * ffn + 4ull * shape.width) + 4ull * shape.vocab;
}

}  // namespace

uint64_t download_bytes(const ModelShape& shape, const FileFormat& format) {
  return tensor_bytes(shape, format) + shape.vocab * vocabulary_entry_bytes;
}

MemoryUse memory_use(const ModelShape& shape, const FileFormat& format, uint32_t context,
                     uint32_t micro_batch) {
  const uint32_t together = std::max<uint32_t>(1, std::min(context, micro_batch));
  return {.weights_bytes = tensor_bytes(shape, format),
          .kv_bytes = kv_bytes(shape, context, together),
          .workspace_bytes = workspace_bytes(shape, together),
          .runtime_bytes = program_bytes + shape.vocab * vocabulary_entry_bytes * 2};
}

uint32_t largest_context(const ModelShape& shape, const FileFormat& format, uint64_t usable_bytes) {
  const auto fits = [&](uint32_t context) {
    return memory_use(shape, format, context).peak_bytes() <= usable_bytes;
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
