// Bytes: what a model's file holds, and what running it holds in memory, by part.
#pragma once

#include <cstdint>
#include <vector>

#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin {

/// Bytes to download: the whole file (file_bytes.h).
uint64_t download_bytes(const ModelShape& shape, const FileFormat& format);

/// Bytes of the stored tensors, exactly.
uint64_t weights_bytes(const ModelShape& shape, const FileFormat& format);
/// The same, where tensor_formats() is at hand.
uint64_t weights_bytes(const ModelShape& shape, const FileFormat& format,
                       const std::vector<FormatId>& formats);

/// Bytes of the largest tensor, each in its format of `formats`.
uint64_t largest_tensor_bytes(const ModelShape& shape, const std::vector<FormatId>& formats);

/// The KV cache grows in steps of so many tokens (llama.cpp v0.5.0: src/llama-context.cpp,
/// llama-kv-cache.cpp).
inline constexpr uint32_t context_step = 256;

/// Whose memory: llama.cpp's as it allots it (v0.5.0, held against the engine itself, tests/engine), or a
/// plain engine's: weights once, the cache, and the results that one layer needs at a time.
enum class Engine : uint8_t { llamacpp, generic };

/// How the model is run. Defaults are llama.cpp's own.
struct MemorySettings {
  Engine engine = Engine::llamacpp;
  uint32_t context = 4096;     // tokens, of all sequences together
  uint32_t micro_batch = 512;  // tokens computed together; planned for
  uint32_t prompt = 0;         // tokens really computed together at most; 0: micro_batch
  uint32_t sequences = 1;      // in parallel, each with its share of the context
  bool flash_attention = true;
  FormatId key = FormatId::f16;  // of the KV cache
  FormatId value = FormatId::f16;
  bool mmap = true;    // weights are the file itself, mapped
  bool repack = true;  // weights are also put in the order that the CPU reads best, where llama.cpp does so
};

/// Memory held while running, by part.
struct MemoryUse {
  uint64_t weights_bytes = 0;    // exact tensor bytes
  uint64_t repacked_bytes = 0;   // a second copy, beside a mapped file
  uint64_t kv_bytes = 0;         // keys and values, or the state of recurrent layers
  uint64_t workspace_bytes = 0;  // of the compute buffer, what is touched
  uint64_t logits_bytes = 0;     // the results that the caller reads
  uint64_t tokenizer_bytes = 0;
  uint64_t runtime_bytes = 0;  // the program itself and what it needs for threads

  /// What must be in memory at once. The pages of a mapped file can be given up once its weights are
  /// repacked, so the repacked copy is not counted beside them. Verdicts stand on this.
  uint64_t needed_bytes() const {
    return weights_bytes + kv_bytes + workspace_bytes + logits_bytes + tokenizer_bytes + runtime_bytes;
  }
  /// What the process holds at its peak where nothing is given up: with the repacked copy beside the mapped
  /// file's pages. This is the figure that a running engine shows (`weighin memory`, tests/engine).
  uint64_t peak_resident_bytes() const { return needed_bytes() + repacked_bytes; }

  /// All beside weights, cache and workspace.
  uint64_t other_bytes() const { return repacked_bytes + logits_bytes + tokenizer_bytes + runtime_bytes; }

  // As the engine allots it, which may be more than is ever touched:
  uint64_t compute_bytes = 0;         // the compute buffer
  uint64_t largest_buffer_bytes = 0;  // the largest single buffer: limits such as maxBufferSize
  uint64_t largest_tensor_bytes = 0;  // the largest thing that must be bound as one: maxStorageBufferRange
};

/// Memory of `shape` in `format`.
MemoryUse memory_use(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings);

/// The same with every other setting as it is by default.
MemoryUse memory_use(const ModelShape& shape, const FileFormat& format, uint32_t context,
                     uint32_t micro_batch = 512);

/// The largest context (at most the model's maximum) whose memory is within `usable_bytes`; 0 when none is.
uint32_t largest_context(const ModelShape& shape, const FileFormat& format, uint64_t usable_bytes,
                         MemorySettings settings = {});

}  // namespace weighin
