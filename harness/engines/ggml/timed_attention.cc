// Attention as llama.cpp's graph has it: flash attention over a padded cache whose tokens lie one after
// another, with a mask of halves.
#include <algorithm>
#include <cmath>

#include "harness/engines/ggml/check.h"
#include "harness/engines/ggml/timed_graphs.h"
#include "kernels/reference/attention.h"

namespace weighin {
namespace {

/// A graph sees the cells of the cache in steps of so many (llama_kv_cache::get_n_kv).
constexpr uint32_t cells_step = 256;
constexpr uint16_t half_zero = 0, half_minus_infinity = 0xfc00;
constexpr uint32_t sampled_outputs = 64;
constexpr int precision_f32 = 10;  // GGML_PREC_F32, which llama.cpp asks for

uint32_t padded(uint32_t tokens) {
  return (tokens + cells_step - 1) / cells_step * cells_step;
}

}  // namespace

TimedGraphs::Made TimedGraphs::attention(const Problem& p) {
  if (p.format != FormatId::f16) return tl::unexpected(std::string("only f16 caches are measured"));
  GgmlBufferType* plain = bench_.side.layouts.back();
  if (auto filled = bench_.weights.fill(FormatId::f16, plain); !filled) return filled;
  layout_ = ggml_.buft_name(plain);
  const uint32_t n = std::max(1U, p.n), cells = padded(p.context);
  const uint64_t width = uint64_t{p.kv_heads} * p.k, cache_values = 2 * cells * width;
  const size_t row = width * sizeof(uint16_t), head = p.k * sizeof(uint16_t);

  Problem queries = p;
  queries.n = n;
  const Floats random_q = attention_queries(queries, Data::ordinary, bench_.seed);
  const std::vector<float> q(random_q.begin(), random_q.end());
  GgmlTensor* all_q = input(ggml_.new_tensor_3d(*scope_, ggml_f32, p.k, p.heads, n), q);
  std::vector<uint16_t> mask(uint64_t{cells} * n, half_minus_infinity);
  for (uint32_t token = 0; token < n; ++token) {
    const uint32_t seen = p.context - n + 1 + token;
    std::fill_n(mask.begin() + static_cast<ptrdiff_t>(uint64_t{token} * cells), seen, half_zero);
  }
  GgmlTensor* masked = input(ggml_.new_tensor_2d(*scope_, ggml_f16, cells, n), mask);
  if (all_q == nullptr || masked == nullptr)
    return tl::unexpected(std::string("too little memory for attention"));
  const uint64_t output_values = uint64_t{n} * p.heads * p.k;
  if (auto taken = take_slots(output_values * sizeof(float)); !taken) return taken;
  GgmlTensor* query =
      ggml_.view_3d(*scope_, all_q, p.k, n, p.heads, p.heads * p.k * sizeof(float), p.k * sizeof(float), 0);
  ggml_.view_init(query);
  const std::vector<std::byte> blocks =
      random_weights(FormatId::f16, cache_values * sizeof(uint16_t), bench_.seed + 1);
  GgmlTensor* first = nullptr;
  auto made = fill_graphs([&](uint32_t i) -> GgmlTensor* {
    GgmlTensor* cache = ggml_.new_tensor_1d(*scope_, ggml_f16, static_cast<int64_t>(cache_values));
    if (!bench_.weights.place_next(cache, cache_values * sizeof(uint16_t)))
      return static_cast<GgmlTensor*>(nullptr);
    if (i == 0) ggml_.tensor_set(cache, blocks.data(), 0, blocks.size());
    const auto view = [&](size_t offset) {
      GgmlTensor* part = ggml_.view_3d(*scope_, cache, p.k, cells, p.kv_heads, row, head, offset);
      ggml_.view_init(part);
      return part;
    };
    GgmlTensor* result = ggml_.flash_attn_ext(*scope_, query, view(0), view(cells * row), masked,
                                              1 / std::sqrt(static_cast<float>(p.k)), 0, 0);
    ggml_.flash_attn_ext_set_prec(result, precision_f32);
    if (i == 0) first = result;
    return place(result, i == 0 ? nullptr : slot(i)) ? result : nullptr;
  });
  if (!made) return made;
  check_ = [this, p, n, cells, width, q, blocks, first, output_values] {
    const std::vector<float> found = results(first, output_values);
    const auto* cache = reinterpret_cast<const uint16_t*>(blocks.data());
    const auto reference = [&](uint64_t vector) {
      const uint64_t token = vector / p.heads, of_head = vector % p.heads;
      const auto seen = static_cast<uint32_t>(p.context - n + 1 + token);
      const uint64_t at = of_head / (p.heads / p.kv_heads) * p.k;
      std::vector<uint16_t> keys, values;
      for (uint64_t cell = 0; cell < seen; ++cell) {
        const uint16_t* key = cache + cell * width + at;
        keys.insert(keys.end(), key, key + p.k);
        const uint16_t* value = cache + (cells + cell) * width + at;
        values.insert(values.end(), value, value + p.k);
      }
      return reference_attention(&q[vector * p.k], keys.data(), values.data(), seen, p.k);
    };
    return check_attention(found, p.k, uint64_t{n} * p.heads, p.k, reference, attention_tolerance(),
                           sampled_outputs);
  };
  return {};
}

}  // namespace weighin
