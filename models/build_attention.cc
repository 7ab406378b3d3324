#include "models/tensor_builder.h"

namespace weighin {

void add_attention(TensorBuilder& build, const ModelShape& shape, const Layer& layer) {
  const uint64_t q = uint64_t{layer.heads} * shape.head_dim, kv = uint64_t{layer.kv_heads} * shape.head_dim;
  if (shape.fused_qkv) {
    build.matrix("attn_qkv", TensorRole::attn_qkv, q + 2 * kv, shape.width, shape.bias_qkv);
  } else {
    build.matrix("attn_q", TensorRole::attn_q, q, shape.width, shape.bias_qkv);
    build.matrix("attn_k", TensorRole::attn_k, kv, shape.width, shape.bias_qkv);
    build.matrix("attn_v", TensorRole::attn_v, kv, shape.width, shape.bias_qkv);
  }
  build.matrix("attn_output", TensorRole::attn_output, shape.width, q, shape.bias_attention_output);
  if (shape.head_norm) {
    build.norm("attn_q_norm", shape.head_dim);
    build.norm("attn_k_norm", shape.head_dim);
  }
  if (shape.query_key_norm) {
    build.norm("attn_q_norm", q);
    build.norm("attn_k_norm", kv);
  }
  if (shape.attention_sinks) build.vector("attn_sinks", "weight", TensorRole::bias, layer.heads);
}

/// Multi-head latent attention: queries and keys/values pass through low-rank latents; the cache keeps the
/// latent and the rotated part of the key. Keys and values leave the latent by one matrix a head, as
/// llama.cpp stores them.
void add_latent_attention(TensorBuilder& build, const ModelShape& shape, const Layer& layer) {
  const uint64_t heads = layer.heads, key = shape.head_dim + shape.rope_dim;
  if (shape.q_lora_rank) {
    build.matrix("attn_q_a", TensorRole::projection, shape.q_lora_rank, shape.width);
    build.norm("attn_q_a_norm", shape.q_lora_rank);
    build.matrix("attn_q_b", TensorRole::projection, heads * key, shape.q_lora_rank);
  } else {
    build.matrix("attn_q", TensorRole::attn_q, heads * key, shape.width);
  }
  build.matrix("attn_kv_a_mqa", TensorRole::projection, shape.kv_lora_rank + shape.rope_dim, shape.width);
  build.norm("attn_kv_a_norm", shape.kv_lora_rank);
  build.head_matrices("attn_k_b", TensorRole::projection, heads, shape.kv_lora_rank, shape.head_dim);
  build.head_matrices("attn_v_b", TensorRole::projection, heads, shape.value_dim, shape.kv_lora_rank);
  build.matrix("attn_output", TensorRole::attn_output, shape.width, heads * shape.value_dim);
}

}  // namespace weighin
