#include "models/shape/build_shape.h"

#include <algorithm>

#include "models/shape/build_attention.h"
#include "models/shape/build_bottleneck.h"
#include "models/shape/build_encoder_decoder.h"
#include "models/shape/build_feed_forward.h"
#include "models/shape/build_per_layer_input.h"
#include "models/shape/build_shared_block.h"
#include "models/shape/build_state_space.h"
#include "models/shape/build_vision.h"
#include "models/shape/tensor_builder.h"

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

/// Makes every layer from the numbers of the whole model.
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

void add_rope_factors(TensorBuilder& build, const ModelShape& shape) {
  const uint32_t rotated = shape.rotary_dim ? shape.rotary_dim : shape.head_dim;
  for (uint32_t i = 0; i < shape.rope_factors; ++i) {
    const char* name = shape.rope_factors == 1 ? "rope_freqs"
                       : i == 0                ? "rope_factors_long"
                                               : "rope_factors_short";
    build.table(name, TensorRole::table, 1, rotated / 2);
  }
}

void add_embeddings(ModelShape& shape) {
  TensorBuilder build(shape, -1);
  const uint64_t width = shape.embedding_width ? shape.embedding_width : shape.width;
  // MobileBERT projects the embeddings of three neighbouring tokens together (arXiv 2004.02984).
  const uint64_t read = shape.bottleneck_width ? 3 * width : width;
  // OPT adds the positions after the projection, ALBERT and ELECTRA before it.
  const uint64_t added = shape.bottleneck_width || shape.head ? shape.width : width;
  build.table("token_embd", TensorRole::token_embedding, shape.vocab, width);
  build.table("position_embd", TensorRole::position_embedding, shape.positions, added);
  build.table("token_types", TensorRole::position_embedding, shape.token_types, added);
  if (shape.embedding_norm) build.norm("token_embd_norm", added);
  if (width != shape.width)
    build.matrix("embedding_projection", TensorRole::projection, shape.width, read, !shape.head);
  add_rope_factors(build, shape);
  add_per_layer_inputs(shape);
}

void add_mixer(TensorBuilder& build, const ModelShape& shape, const Layer& layer) {
  if (layer.mixer == Mixer::attention) return add_attention(build, shape, layer);
  if (layer.mixer == Mixer::latent_attention) return add_latent_attention(build, shape, layer);
  add_state_space(build, shape, layer.mixer);
  if (layer.attention_too && !shape.shared_blocks) add_attention(build, shape, layer);
}

/// The name of the normalization before the feed-forward part.
const char* ffn_norm_name(NormNames names) {
  switch (names) {
    case NormNames::post_attention:
      return "post_attention_norm";
    case NormNames::attn_output:
      return "attn_output_norm";
    case NormNames::usual:
    case NormNames::grok:
      return "ffn_norm";
  }
  return "";
}

void add_layer(ModelShape& shape, int32_t index) {
  TensorBuilder build(shape, index);
  const Layer layer = shape.per_layer[static_cast<size_t>(index)];
  if (shape.bottleneck_width) return add_bottleneck_layer(build, shape, layer);
  if (shape.shared_blocks && layer.attention_too) add_shared_block(shape, index, layer);
  const NormPlace place = shape.norm_place;
  const bool encoder = place == NormPlace::after && shape.task == Task::encode;
  const bool named_after_output = encoder || shape.norm_names == NormNames::grok;
  if (has_norm_before(place) && !(shape.without_first_norm && index == 0))
    build.norm("attn_norm", shape.width);
  if (place == NormPlace::parallel_2) build.norm("attn_norm_2", shape.width);
  add_mixer(build, shape, layer);
  if (place == NormPlace::around || place == NormPlace::after)
    build.norm(named_after_output ? "attn_output_norm" : "post_attention_norm", shape.width);
  if (shape.architecture == "falcon-h1") {
    build.bare("ffn_norm", TensorRole::norm, 1, shape.width);  // its files leave out ".weight"
  } else if (place == NormPlace::before || place == NormPlace::around) {
    build.norm(ffn_norm_name(shape.norm_names), shape.width);
  }
  add_feed_forward(build, shape, layer);
  if (place == NormPlace::around || place == NormPlace::after)
    build.norm(named_after_output ? "layer_output_norm" : "post_ffw_norm", shape.width);
  add_per_layer_input(build, shape);
}

void add_head(ModelShape& shape) {
  TensorBuilder build(shape, -1);
  // In LFM2's files the last normalization has the name of the embeddings' normalization.
  const bool lfm2 = shape.architecture == "lfm2" || shape.architecture == "lfm2moe";
  if (shape.final_norm) build.norm(lfm2 ? "token_embd_norm" : "output_norm", shape.width);
  if (shape.pooler) {
    build.table("cls", TensorRole::pooler, shape.width, shape.width);
    build.vector("cls", "bias", TensorRole::bias, shape.width);
  }
  if (!shape.head) return;
  const uint64_t width = shape.embedding_width ? shape.embedding_width : shape.width;
  if (width != shape.width) build.matrix("output_projection", TensorRole::projection, width, shape.width);
  if (shape.tied) {
    build.borrowed("output", TensorRole::output, shape.vocab, width);
  } else {
    build.matrix("output", TensorRole::output, shape.vocab, width, shape.bias_head);
  }
}

bool same_attention(const AttentionLayers& a, const AttentionLayers& b) {
  return a.heads == b.heads && a.kv_heads == b.kv_heads && a.key_dim == b.key_dim &&
         a.value_dim == b.value_dim && a.cached_values == b.cached_values && a.window == b.window;
}

}  // namespace

std::optional<AttentionLayers> attention_of(const ModelShape& shape, const Layer& layer) {
  const bool attends = layer.mixer == Mixer::attention || layer.mixer == Mixer::latent_attention;
  if (!attends && !layer.attention_too) return std::nullopt;
  if (layer.mixer == Mixer::latent_attention && !shape.latent_whole) {
    // Engines compute on the latent in place of every head's keys and values, so there is one KV head.
    return AttentionLayers{
        .layers = 1,
        .heads = layer.heads,
        .kv_heads = 1,
        .key_dim = shape.kv_lora_rank + shape.rope_dim,
        .value_dim = shape.kv_lora_rank,
        // The keys of an indexer are cached beside the latent.
        .cached_values = shape.kv_lora_rank + shape.rope_dim + (shape.index_heads ? shape.index_dim : 0),
        .window = layer.window};
  }
  const uint32_t head = head_dim_of(shape, layer);
  const uint32_t key_dim = shape.latent_whole ? head + shape.rope_dim : head;
  const uint32_t value_dim = shape.value_dim && !layer.head_dim ? shape.value_dim : head;
  const uint32_t kv_heads = shape.latent_whole ? layer.heads : layer.kv_heads;
  const bool kept = shape.task != Task::encode && !layer.shares_cache;
  return AttentionLayers{.layers = 1,
                         .heads = layer.heads,
                         .kv_heads = kv_heads,
                         .key_dim = key_dim,
                         .value_dim = value_dim,
                         .cached_values = kept ? kv_heads * (key_dim + value_dim) : 0,
                         .window = layer.window};
}

void describe_layers(ModelShape& shape) {
  shape.attention.clear();
  shape.activations = 0;
  shape.state_values = 0;
  for (const Layer& layer : shape.per_layer) {
    shape.state_values += state_values_of(shape, layer.mixer);
    if (layer.feed_forward == FeedForward::dense) shape.activations += shape.stacked_feed_forwards;
    if (layer.feed_forward == FeedForward::experts)
      shape.activations += shape.experts_active + shape.shared_experts;
    const auto group = attention_of(shape, layer);
    if (!group) continue;
    const auto same = std::find_if(shape.attention.begin(), shape.attention.end(),
                                   [&](const auto& other) { return same_attention(*group, other); });
    if (same == shape.attention.end()) {
      shape.attention.push_back(*group);
    } else {
      ++same->layers;
    }
  }
  shape.norms = norms_per_layer(shape.norm_place) * shape.layers + (shape.final_norm ? 1 : 0) +
                (shape.embedding_norm ? 1 : 0);
}

void build_shape(ModelShape& shape) {
  fill_layers(shape);
  if (shape.encoder_layers) {
    add_encoder_decoder(shape);
  } else {
    add_embeddings(shape);
    for (int32_t i = 0; i < static_cast<int32_t>(shape.layers); ++i) add_layer(shape, i);
    add_head(shape);
  }
  if (shape.vision.layers) add_vision(shape);
  describe_layers(shape);
}

}  // namespace weighin
