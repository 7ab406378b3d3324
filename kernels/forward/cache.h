// The KV cache of one sequence: the keys and values of every layer, each in memory of their own, as f16.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "kernels/system/page_memory.h"
#include "models/shape/shape.h"

namespace weighin {

struct LayerCache {
  uint16_t* keys = nullptr;    // [kv_heads][capacity][head_dim]
  uint16_t* values = nullptr;  // [kv_heads][capacity][head_dim]
  uint32_t head_dim = 0;
};

struct KvCache {
  PageMemory memory;
  std::vector<LayerCache> layers;
  uint32_t capacity = 0;  // the tokens that it has room for
  uint32_t held = 0;      // the tokens that it holds so far

  uint64_t at(const LayerCache& layer, uint64_t kv_head, uint64_t token) const {
    return (kv_head * capacity + token) * layer.head_dim;
  }
};

uint64_t cache_bytes(const ModelShape& shape, uint32_t capacity);

/// A cache with room for `capacity` tokens. It holds `held` tokens, with random keys and values of about the
/// size of normalized ones. Layers with a sliding window keep every token too, and read the last ones. Error:
/// how much memory was refused.
tl::expected<KvCache, std::string> make_cache(const ModelShape& shape, uint32_t capacity, uint32_t held,
                                              uint64_t seed);

/// Stores the nearest f16 of `count` floats; ties go to even.
void store_halves(const float* from, uint16_t* to, uint32_t count);

}  // namespace weighin
