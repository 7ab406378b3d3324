#include "models/build_shape.h"

#include <algorithm>

namespace weighin {
namespace {

bool gated(Activation activation) {
  return activation == Activation::swiglu || activation == Activation::geglu;
}

/// Adds tensors to a shape; layers that share weights store one copy and use it in each.
class Builder {
 public:
  Builder(ModelShape& shape, const Hyperparameters& h) : shape_(shape), h_(h) {}

  void matrix(TensorRole role, uint64_t rows, uint64_t cols, uint32_t layers, bool bias = false) {
    shape_.tensors.push_back({role, rows, cols, stored(layers), layers});
    if (bias) vector(TensorRole::bias, rows, layers);
  }
  void vector(TensorRole role, uint64_t values, uint32_t layers) {
    if (values && layers) shape_.tensors.push_back({role, 1, values, stored(layers), layers});
  }
  /// A tensor that is looked up, not multiplied.
  void table(TensorRole role, uint64_t rows, uint64_t cols) {
    if (rows) shape_.tensors.push_back({role, rows, cols, 1, 0});
  }
  void norm(uint64_t values, uint32_t layers) {
    vector(TensorRole::norm, values, layers);
    if (shape_.norm == NormKind::layer) vector(TensorRole::bias, values, layers);
  }

 private:
  uint32_t stored(uint32_t layers) const { return h_.shared_layers && layers == shape_.layers ? 1 : layers; }
  ModelShape& shape_;
  const Hyperparameters& h_;
};

void add_embeddings(Builder& build, const ModelShape& shape, const Hyperparameters& h) {
  const uint64_t width = h.embedding_width ? h.embedding_width : shape.width;
  build.table(TensorRole::token_embedding, shape.vocab, width);
  build.table(TensorRole::position_embedding, h.positions, width);
  build.table(TensorRole::position_embedding, h.token_types, width);
  if (h.embedding_norm) build.norm(width, 1);
  if (width != shape.width) build.matrix(TensorRole::ffn_up, shape.width, width, 1, h.bias_all);
}

/// Query, key, value and output of grouped-query attention; heads = kv_heads is plain multi-head attention.
void add_attention(Builder& build, const ModelShape& shape, const Hyperparameters& h) {
  const uint64_t q = uint64_t{h.heads} * h.head_dim, kv = uint64_t{h.kv_heads} * h.head_dim;
  const bool bias = h.bias_qkv || h.bias_all;
  build.matrix(TensorRole::attn_q, q, shape.width, shape.layers, bias);
  build.matrix(TensorRole::attn_k, kv, shape.width, shape.layers, bias);
  build.matrix(TensorRole::attn_v, kv, shape.width, shape.layers, bias);
  build.matrix(TensorRole::attn_output, shape.width, q, shape.layers, h.bias_all);
  if (h.query_key_norm) build.norm(h.head_dim, 2 * shape.layers);
}

/// Multi-head latent attention: queries and keys/values pass through low-rank latents; the cache keeps the
/// latent and the rotated part of the key.
void add_latent_attention(Builder& build, const ModelShape& shape, const Hyperparameters& h) {
  const uint64_t key = h.head_dim + h.rope_dim;
  build.matrix(TensorRole::attn_q, h.q_lora_rank, shape.width, shape.layers);
  build.matrix(TensorRole::attn_q, h.heads * key, h.q_lora_rank, shape.layers);
  build.matrix(TensorRole::attn_k, h.kv_lora_rank + h.rope_dim, shape.width, shape.layers);
  build.matrix(TensorRole::attn_v, uint64_t{h.heads} * (h.head_dim + h.value_dim), h.kv_lora_rank,
               shape.layers);
  build.matrix(TensorRole::attn_output, shape.width, uint64_t{h.heads} * h.value_dim, shape.layers);
  build.norm(h.q_lora_rank, shape.layers);
  build.norm(h.kv_lora_rank, shape.layers);
}

void add_dense_ffn(Builder& build, const ModelShape& shape, const Hyperparameters& h, uint64_t ffn,
                   uint32_t layers) {
  if (layers == 0) return;
  if (gated(shape.activation)) build.matrix(TensorRole::ffn_gate, ffn, shape.width, layers, h.bias_all);
  build.matrix(TensorRole::ffn_up, ffn, shape.width, layers, h.bias_all);
  build.matrix(TensorRole::ffn_down, shape.width, ffn, layers, h.bias_all);
}

void add_experts(ModelShape& shape, Builder& build, const Hyperparameters& h, uint32_t layers) {
  build.matrix(TensorRole::router, shape.experts, shape.width, layers);
  const uint32_t stored = layers * shape.experts, used = layers * shape.experts_active;
  const uint64_t ffn = shape.ffn_width;
  shape.tensors.push_back({TensorRole::expert_gate, ffn, shape.width, stored, used});
  shape.tensors.push_back({TensorRole::expert_up, ffn, shape.width, stored, used});
  shape.tensors.push_back({TensorRole::expert_down, shape.width, ffn, stored, used});
  add_dense_ffn(build, shape, h, ffn * h.shared_experts, h.shared_experts ? layers : 0);
}

void add_ffn(ModelShape& shape, Builder& build, const Hyperparameters& h) {
  if (shape.experts == 0) {
    add_dense_ffn(build, shape, h, shape.ffn_width, shape.layers);
    shape.activations = shape.layers;
    return;
  }
  const uint32_t expert_layers = shape.layers - h.dense_layers;
  add_dense_ffn(build, shape, h, h.dense_ffn_width, h.dense_layers);
  add_experts(shape, build, h, expert_layers);
  shape.activations = expert_layers * (shape.experts_active + h.shared_experts) + h.dense_layers;
}

void add_head(ModelShape& shape, Builder& build, const Hyperparameters& h) {
  if (h.pooler) shape.tensors.push_back({TensorRole::pooler, shape.width, shape.width, 1, 0});
  if (h.pooler) build.vector(TensorRole::bias, shape.width, 1);
  if (!h.head) return;
  shape.tensors.push_back({TensorRole::output, shape.vocab, shape.width, h.tied ? 0u : 1u, 1});
  if (h.bias_all && !h.tied) build.vector(TensorRole::bias, shape.vocab, 1);
}

void add_attention_layers(ModelShape& shape, const Hyperparameters& h) {
  AttentionLayers whole{.layers = shape.layers - h.window_layers,
                        .heads = h.heads,
                        .kv_heads = h.kv_heads,
                        .key_dim = h.head_dim,
                        .value_dim = h.head_dim,
                        .cached_values = shape.task == Task::encode ? 0 : 2 * h.kv_heads * h.head_dim,
                        .window = 0};
  if (h.kv_lora_rank) {
    // As engines compute it (the latent stands in for every head's keys and values): one KV head of the
    // latent.
    whole.kv_heads = 1;
    whole.key_dim = h.kv_lora_rank + h.rope_dim;
    whole.value_dim = h.kv_lora_rank;
    whole.cached_values = h.kv_lora_rank + h.rope_dim;
  }
  if (whole.layers) shape.attention.push_back(whole);
  if (h.window_layers) {
    whole.layers = h.window_layers;
    whole.window = h.window;
    shape.attention.push_back(whole);
  }
}

}  // namespace

void build_shape(ModelShape& shape, const Hyperparameters& h) {
  Builder build(shape, h);
  add_embeddings(build, shape, h);
  if (h.kv_lora_rank) {
    add_latent_attention(build, shape, h);
  } else {
    add_attention(build, shape, h);
  }
  add_ffn(shape, build, h);
  build.norm(shape.width, h.norms_per_layer * shape.layers);
  // Shared layers store one layer's norms; the call above counted them all.
  if (h.shared_layers) {
    for (Tensor& tensor : shape.tensors) {
      if (tensor.stored == h.norms_per_layer * shape.layers) tensor.stored = h.norms_per_layer;
    }
  }
  if (h.final_norm) build.norm(shape.width, 1);
  add_head(shape, build, h);
  add_attention_layers(shape, h);
  shape.norms = h.norms_per_layer * shape.layers + (h.final_norm ? 1 : 0) + (h.embedding_norm ? 1 : 0);
}

}  // namespace weighin
