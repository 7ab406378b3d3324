// Bytes: what a model's file holds, and what running it holds in memory, by part.
#pragma once

#include <cstdint>

#include "models/file_format.h"
#include "models/shape.h"

namespace weighin {

/// Bytes to download: every stored tensor exactly, and the header's tokenizer (estimated from the
/// vocabulary).
uint64_t download_bytes(const ModelShape& shape, const FileFormat& format);

/// Memory held while running, by part.
struct MemoryUse {
  uint64_t weights_bytes = 0;    // exact tensor bytes
  uint64_t kv_bytes = 0;         // f16 keys and values, context padded to 256
  uint64_t workspace_bytes = 0;  // activations, logits
  uint64_t runtime_bytes = 0;    // program, tokenizer
  uint64_t peak_bytes() const { return weights_bytes + kv_bytes + workspace_bytes + runtime_bytes; }
};

/// Memory of `shape` in `format` with room for `context` tokens, `micro_batch` of them computed together.
MemoryUse memory_use(const ModelShape& shape, const FileFormat& format, uint32_t context,
                     uint32_t micro_batch = 512);

/// The largest context (at most the model's maximum) whose memory is within `usable_bytes`; 0 when none is.
uint32_t largest_context(const ModelShape& shape, const FileFormat& format, uint64_t usable_bytes);

}  // namespace weighin
