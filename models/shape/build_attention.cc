#include "models/shape/build_attention.h"

namespace weighin {
namespace {

void add_query_key_norms(TensorBuilder& build, const ModelShape& shape, const Layer& layer) {
  const uint64_t head = head_dim_of(shape, layer), q = layer.heads * head, kv = layer.kv_heads * head;
  if (shape.norm_each_head) {
    build.norm_weights("attn_q_norm", head, layer.heads);
    build.norm_weights("attn_k_norm", head, layer.kv_heads);
  } else if (shape.head_norm) {
    build.norm("attn_q_norm", head);
    build.norm("attn_k_norm", head);
  } else if (shape.query_key_norm) {
    build.norm("attn_q_norm", q);
    build.norm("attn_k_norm", kv);
  }
}

/// The indexer of DeepSeek V3.2 (its technical report, 2025). It scores every earlier token with few small
/// heads.
void add_indexer(TensorBuilder& build, const ModelShape& shape) {
  build.norm_weights("indexer.k_norm", shape.index_dim);
  build.vector("indexer.k_norm", "bias", TensorRole::bias, shape.index_dim);
  build.matrix("indexer.proj", TensorRole::projection, shape.index_heads, shape.width);
  build.matrix("indexer.attn_k", TensorRole::projection, shape.index_dim, shape.width);
  build.matrix("indexer.attn_q_b", TensorRole::projection, uint64_t{shape.index_heads} * shape.index_dim,
               shape.q_lora_rank);
}

}  // namespace

void add_attention(TensorBuilder& build, const ModelShape& shape, const Layer& layer) {
  const uint64_t head = head_dim_of(shape, layer), q = layer.heads * head, kv = layer.kv_heads * head;
  if (shape.fused_qkv) {
    build.matrix("attn_qkv", TensorRole::attn_qkv, q + 2 * kv, shape.width, shape.bias_qkv);
  } else {
    build.matrix("attn_q", TensorRole::attn_q, shape.gated_query ? 2 * q : q, shape.width, shape.bias_qkv);
    build.matrix("attn_k", TensorRole::attn_k, kv, shape.width, shape.bias_qkv);
    if (!layer.value_is_key) build.matrix("attn_v", TensorRole::attn_v, kv, shape.width, shape.bias_qkv);
  }
  build.matrix("attn_output", TensorRole::attn_output, shape.width, q, shape.bias_attention_output);
  add_query_key_norms(build, shape, layer);
  if (shape.attention_sinks) build.vector("attn_sinks", "weight", TensorRole::bias, layer.heads);
}

void add_latent_attention(TensorBuilder& build, const ModelShape& shape, const Layer& layer) {
  const uint64_t heads = layer.heads, key = shape.head_dim + shape.rope_dim;
  if (shape.q_lora_rank) {
    build.matrix("attn_q_a", TensorRole::projection, shape.q_lora_rank, shape.width);
    build.norm("attn_q_a_norm", shape.q_lora_rank);
    build.matrix("attn_q_b", TensorRole::projection, heads * key, shape.q_lora_rank);
  } else {
    build.matrix("attn_q", TensorRole::attn_q, heads * key, shape.width);
  }
  build.matrix("attn_kv_a_mqa", TensorRole::projection, uint64_t{shape.kv_lora_rank} + shape.rope_dim,
               shape.width);
  build.norm("attn_kv_a_norm", shape.kv_lora_rank);
  if (shape.latent_whole) {
    build.matrix("attn_kv_b", TensorRole::attn_kv_b, heads * (uint64_t{shape.head_dim} + shape.value_dim),
                 shape.kv_lora_rank);
  } else {
    build.matrices("attn_k_b", TensorRole::projection, layer.heads, shape.kv_lora_rank, shape.head_dim);
    build.matrices("attn_v_b", TensorRole::projection, layer.heads, shape.value_dim, shape.kv_lora_rank);
  }
  build.matrix("attn_output", TensorRole::attn_output, shape.width, heads * shape.value_dim);
  if (shape.index_heads) add_indexer(build, shape);
}

}  // namespace weighin
