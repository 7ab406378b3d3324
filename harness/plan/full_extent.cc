#include "harness/plan/full_extent.h"

#include <array>

#include "harness/plan/whole_matrices.h"
#include "models/names/catalogue.h"

namespace weighin {
namespace {

/// What --full adds: numbers of tokens that are computed together (speculative decoding, several users, long
/// prompts), and of tokens in the KV cache.
constexpr std::array<uint32_t, 9> full_batches{2, 4, 8, 16, 32, 64, 128, 256, 1024};
constexpr std::array<uint32_t, 5> full_depths{128, 2048, 4096, 16384, 32768};
/// Formats of the KV cache; the second is measured in --full only.
constexpr std::array<FormatId, 2> cache_formats{FormatId::f16, FormatId::q8_0};
/// Attention that is measured whatever the models: 32 heads of 128 values, as most models of 7B have them,
/// with one KV head for each, for 4 of them (Llama 3), for 8 (Qwen 2.5), and for all (MQA).
constexpr uint32_t full_heads = 32, full_head_values = 128;
constexpr std::array<uint32_t, 4> full_kv_heads{32, 8, 4, 1};
/// The sliding windows of gpt-oss, Gemma 3 1B and Gemma 3 4B: attention covers so many tokens however deep
/// the cache is.
constexpr std::array<uint32_t, 3> full_windows{128, 512, 1024};

}  // namespace

void add_full(PlanItems& plan, const SizeClass& size_class, const FileFormat& format, uint32_t threads) {
  const ModelShape& model = reference_model(size_class);
  for (const FormatId cache : cache_formats) {
    for (const uint32_t n : full_batches)
      if (n <= model.max_context) plan.add_step(prefill_step(model, format, n, cache), threads, size_class);
    for (const uint32_t depth : full_depths)
      if (depth < model.max_context)
        plan.add_step(decode_step(model, format, depth, cache), threads, size_class);
  }
  add_first_whole(plan, decode_step(model, format, 0), Op::gemv, threads, size_class);
}

void add_full_attention(PlanItems& plan, uint32_t threads) {
  const auto add_decode = [&](FormatId cache, uint32_t kv_heads, uint32_t context) {
    plan.add({.op = Op::attention,
              .format = cache,
              .k = full_head_values,
              .heads = full_heads,
              .kv_heads = kv_heads,
              .context = context},
             threads, "");
  };
  for (const FormatId cache : cache_formats) {
    for (const uint32_t kv_heads : full_kv_heads) {
      for (const uint32_t context : full_depths) add_decode(cache, kv_heads, context);
      for (const uint32_t context : full_windows) add_decode(cache, kv_heads, context);
      plan.add({.op = Op::prefill_attention,
                .format = cache,
                .n = plan_prompt,
                .k = full_head_values,
                .heads = full_heads,
                .kv_heads = kv_heads,
                .context = plan_prompt},
               threads, "");
    }
  }
}

}  // namespace weighin
