// llama.cpp's buffers for a model, one by one.
#pragma once

#include "models/memory/memory.h"

namespace weighin::llamacpp {

/// Cells of the KV cache, of layers without a window and of those with one.
struct CacheCells {
  uint64_t whole = 0;
  uint64_t window = 0;  // 0: no layer has a cache of its own for its window
};

/// For one sequence each holds its share of the context, in steps of 256; a window's cache holds the window
/// and one micro-batch (src/llama-kv-cache-iswa.cpp).
CacheCells cache_cells(const ModelShape& shape, const MemorySettings& settings);

/// Bytes that one token takes in the cache of one layer of `group`.
uint64_t cached_row_bytes(const AttentionLayers& group, const MemorySettings& settings);

/// Bytes of keys and values of all layers and sequences, and of recurrent state.
uint64_t cache_bytes(const ModelShape& shape, const MemorySettings& settings);

MemoryUse memory_use(const ModelShape& shape, const FileFormat& format, const MemorySettings& settings);

}  // namespace weighin::llamacpp
