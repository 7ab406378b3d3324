#include "models/build_shape.h"

#include <algorithm>

#include "models/tensor_builder.h"

namespace weighin {
namespace {

bool has_norm_before(NormPlace place) {
  return place != NormPlace::after && place != NormPlace::none;
}

uint32_t norms_per_layer(NormPlace place) {
  switch (place) {
    case NormPlace::around:
      return 4;
    case NormPlace::parallel:
      return 1;
    case NormPlace::before:
    case NormPlace::after:
    case NormPlace::parallel_2:
    case NormPlace::none:  // computed, without weights
      return 2;
  }
  return 0;
}

/// Every layer as the whole model's numbers say.
void fill_layers(ModelShape& shape) {
  if (!shape.per_layer.empty()) return;
  for (uint32_t i = 0; i < shape.layers; ++i) {
    const bool dense = shape.experts == 0 || i < shape.dense_layers;
    shape.per_layer.push_back({
        .mixer = shape.kv_lora_rank ? Mixer::latent_attention : Mixer::attention,
        .feed_forward = dense ? FeedForward::dense : FeedForward::experts,
        .heads = shape.heads,
        .kv_heads = shape.kv_heads,
        .ffn_width = shape.experts && dense ? shape.dense_ffn_width : shape.ffn_width,
    });
  }
}

void add_embeddings(ModelShape& shape) {
  TensorBuilder build(shape, -1);
  const uint64_t width = shape.embedding_width ? shape.embedding_width : shape.width;
  build.table("token_embd", TensorRole::token_embedding, shape.vocab, width);
  build.table("position_embd", TensorRole::position_embedding, shape.positions, width);
  build.table("token_types", TensorRole::position_embedding, shape.token_types, width);
  if (shape.embedding_norm) build.norm("token_embd_norm", width);
  if (width != shape.width)
    build.matrix("embedding_projection", TensorRole::projection, shape.width, width, shape.bias_ffn);
  for (uint32_t i = 0; i < shape.rope_factors; ++i) {
    const char* name = shape.rope_factors == 1 ? "rope_freqs"
                       : i == 0                ? "rope_factors_long"
                                               : "rope_factors_short";
    build.table(name, TensorRole::table, 1, shape.head_dim / 2);
  }
}

void add_mixer(TensorBuilder& build, const ModelShape& shape, const Layer& layer) {
  switch (layer.mixer) {
    case Mixer::attention:
      return add_attention(build, shape, layer);
    case Mixer::latent_attention:
      return add_latent_attention(build, shape, layer);
    case Mixer::mamba:
    case Mixer::mamba2:
    case Mixer::short_convolution:
    case Mixer::gated_delta:
    case Mixer::none:
      return;
  }
}

void add_layer(ModelShape& shape, int32_t index) {
  TensorBuilder build(shape, index);
  const Layer layer = shape.per_layer[static_cast<size_t>(index)];
  const NormPlace place = shape.norm_place;
  if (has_norm_before(place)) build.norm("attn_norm", shape.width);
  if (place == NormPlace::parallel_2) build.norm("attn_norm_2", shape.width);
  add_mixer(build, shape, layer);
  if (place == NormPlace::around) build.norm("post_attention_norm", shape.width);
  if (place == NormPlace::after)
    build.norm(shape.task == Task::encode ? "attn_output_norm" : "post_attention_norm", shape.width);
  if (place == NormPlace::before || place == NormPlace::around) build.norm("ffn_norm", shape.width);
  add_feed_forward(build, shape, layer);
  if (place == NormPlace::around) build.norm("post_ffw_norm", shape.width);
  if (place == NormPlace::after)
    build.norm(shape.task == Task::encode ? "layer_output_norm" : "post_ffw_norm", shape.width);
}

void add_head(ModelShape& shape) {
  TensorBuilder build(shape, -1);
  if (shape.final_norm) build.norm("output_norm", shape.width);
  if (shape.pooler) {
    build.table("cls", TensorRole::pooler, shape.width, shape.width);
    build.vector("cls", "bias", TensorRole::bias, shape.width);
  }
  if (!shape.head) return;
  if (shape.tied) {
    build.borrowed("output", TensorRole::output, shape.vocab, shape.width);
  } else {
    build.matrix("output", TensorRole::output, shape.vocab, shape.width, shape.bias_head);
  }
}

AttentionLayers attention_of(const ModelShape& shape, const Layer& layer) {
  if (layer.mixer == Mixer::latent_attention) {
    // As engines compute it (the latent stands in for every head's keys and values): one KV head of the
    // latent.
    return {.layers = 1,
            .heads = layer.heads,
            .kv_heads = 1,
            .key_dim = shape.kv_lora_rank + shape.rope_dim,
            .value_dim = shape.kv_lora_rank,
            .cached_values = shape.kv_lora_rank + shape.rope_dim,
            .window = layer.window};
  }
  const uint32_t value_dim = shape.value_dim ? shape.value_dim : shape.head_dim;
  const bool kept = shape.task != Task::encode && !layer.shares_cache;
  return {.layers = 1,
          .heads = layer.heads,
          .kv_heads = layer.kv_heads,
          .key_dim = shape.head_dim,
          .value_dim = value_dim,
          .cached_values = kept ? layer.kv_heads * (shape.head_dim + value_dim) : 0,
          .window = layer.window};
}

bool same_attention(const AttentionLayers& a, const AttentionLayers& b) {
  return a.heads == b.heads && a.kv_heads == b.kv_heads && a.key_dim == b.key_dim &&
         a.value_dim == b.value_dim && a.cached_values == b.cached_values && a.window == b.window;
}

}  // namespace

void describe_layers(ModelShape& shape) {
  shape.attention.clear();
  shape.activations = 0;
  for (const Layer& layer : shape.per_layer) {
    if (layer.feed_forward == FeedForward::dense) ++shape.activations;
    if (layer.feed_forward == FeedForward::experts)
      shape.activations += shape.experts_active + shape.shared_experts;
    const bool attends = layer.mixer == Mixer::attention || layer.mixer == Mixer::latent_attention;
    if (!attends && !layer.attention_too) continue;
    const AttentionLayers group = attention_of(shape, layer);
    const auto same = std::find_if(shape.attention.begin(), shape.attention.end(),
                                   [&](const auto& other) { return same_attention(group, other); });
    if (same == shape.attention.end()) {
      shape.attention.push_back(group);
    } else {
      ++same->layers;
    }
  }
  shape.norms = norms_per_layer(shape.norm_place) * shape.layers + (shape.final_norm ? 1 : 0) +
                (shape.embedding_norm ? 1 : 0);
}

void build_shape(ModelShape& shape) {
  fill_layers(shape);
  add_embeddings(shape);
  for (int32_t i = 0; i < static_cast<int32_t>(shape.layers); ++i) add_layer(shape, i);
  add_head(shape);
  describe_layers(shape);
}

}  // namespace weighin
