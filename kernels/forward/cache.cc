#include "kernels/forward/cache.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "kernels/formats/data.h"
#include "kernels/formats/half.h"
#include "kernels/isa/isa.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace weighin {
namespace {

#if defined(__x86_64__)
__attribute__((target("avx,f16c"))) void store_halves_f16c(const float* from, uint16_t* to, uint32_t count) {
  for (uint32_t i = 0; i < count; i += 8) {
    const __m128i halves = _mm256_cvtps_ph(_mm256_loadu_ps(from + i), _MM_FROUND_TO_NEAREST_INT);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), halves);
  }
}
#endif

/// Fills in random f16 numbers between -1 and 1, which repeat.
void fill(uint16_t* to, uint64_t count, Random& random) {
  constexpr size_t tile = 1 << 16;
  std::vector<uint16_t> halves(tile);
  for (uint16_t& half : halves) half = float_to_half(static_cast<float>(random() >> 40) * 0x1p-23F - 1);
  for (uint64_t at = 0; at < count; at += tile)
    std::memcpy(to + at, halves.data(), std::min<uint64_t>(tile, count - at) * sizeof(uint16_t));
}

}  // namespace

uint64_t cache_bytes(const ModelShape& shape, uint32_t capacity) {
  uint64_t bytes = 0;
  for (const Layer& layer : shape.per_layer)
    bytes +=
        2 * piece_bytes(uint64_t{layer.kv_heads} * capacity * head_dim_of(shape, layer) * sizeof(uint16_t));
  return bytes;
}

tl::expected<KvCache, std::string> make_cache(const ModelShape& shape, uint32_t capacity, uint32_t held,
                                              uint64_t seed) {
  auto memory = PageMemory::of(cache_bytes(shape, capacity));
  if (!memory) return tl::unexpected(fmt::format("KV cache of {} tokens: {}", capacity, memory.error()));
  KvCache cache;
  cache.memory = std::move(*memory);
  cache.capacity = capacity;
  cache.held = held;
  Random random(seed);
  for (const Layer& layer : shape.per_layer) {
    LayerCache of_layer;
    of_layer.head_dim = head_dim_of(shape, layer);
    const uint64_t values = uint64_t{layer.kv_heads} * capacity * of_layer.head_dim;
    for (uint16_t** part : {&of_layer.keys, &of_layer.values}) {
      *part = reinterpret_cast<uint16_t*>(cache.memory.take(values * sizeof(uint16_t)));
      fill(*part, values, random);
    }
    cache.layers.push_back(of_layer);
  }
  return cache;
}

void store_halves(const float* from, uint16_t* to, uint32_t count) {
  uint32_t done = 0;
#if defined(__x86_64__)
  static const bool f16c = this_cpu().avx && this_cpu().f16c;
  if (f16c) {
    done = count / 8 * 8;
    store_halves_f16c(from, to, done);
  }
#endif
  for (; done < count; ++done) to[done] = float_to_half(from[done]);
}

}  // namespace weighin
