// The memory that llama.cpp takes for a model, buffer by buffer.
#pragma once

#include "models/bytes/memory_use.h"
#include "models/format/file_format.h"
#include "models/shape/shape.h"

namespace weighin::llamacpp {

/// Cells of the KV cache. A cell holds one token.
struct CacheCells {
  uint64_t whole = 0;   // for layers without a window
  uint64_t window = 0;  // for layers with a window; 0: they use the same cells as the others
};

/// The cells for one sequence. They are its share of the context, in steps of 256. The cache of layers with a
/// window holds the window and one micro-batch (src/llama-kv-cache-iswa.cpp).
CacheCells cache_cells(const ModelShape& shape, const MemorySettings& settings);

/// Bytes of one token in the KV cache of one layer of `group`.
uint64_t cached_row_bytes(const AttentionLayers& group, const MemorySettings& settings);

/// Bytes of the keys and values of all layers and sequences, and of recurrent state.
uint64_t cache_bytes(const ModelShape& shape, const MemorySettings& settings);

/// The memory of `shape` in `format`, run with `settings`.
MemoryUse memory_use(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings);

}  // namespace weighin::llamacpp
