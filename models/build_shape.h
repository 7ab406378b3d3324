// From the hyperparameters a published config states to the tensors of a model.
#pragma once

#include <cstdint>

#include "models/shape.h"

namespace weighin {

/// What models/catalog/*.json states of a model's architecture; named as the field names them.
struct Hyperparameters {
  uint32_t heads = 0;
  uint32_t kv_heads = 0;
  uint32_t head_dim = 0;
  uint32_t embedding_width = 0;  // when not `width` (ALBERT's factorized embedding)
  uint32_t positions = 0;        // learned position embeddings
  uint32_t token_types = 0;      // BERT's segment embeddings
  uint32_t norms_per_layer = 2;  // of `width` values
  bool embedding_norm = false;   // BERT: a normalization after the embeddings
  bool final_norm = true;
  bool query_key_norm = false;  // Qwen3: each head's query and key are normalized
  bool tied = false;            // the output head is the token embedding
  bool head = true;             // there is an output head
  bool pooler = false;
  bool shared_layers = false;  // ALBERT: one layer's weights, used by all
  bool bias_qkv = false;
  bool bias_all = false;         // every product has a bias; implies bias_qkv
  uint32_t window = 0;           // tokens a sliding-window layer sees
  uint32_t window_layers = 0;    // how many layers have one
  uint32_t dense_layers = 0;     // of a mixture of experts: leading layers without experts
  uint32_t dense_ffn_width = 0;  // of those
  uint32_t shared_experts = 0;   // always active, beside the routed ones
  uint32_t q_lora_rank = 0;      // multi-head latent attention (DeepSeek-V2, arXiv 2405.04434)
  uint32_t kv_lora_rank = 0;
  uint32_t rope_dim = 0;  // MLA: the part of a key that is rotated and shared by the heads
  uint32_t value_dim = 0;
};

/// Fills tensors, attention, norms and activations of `shape`, whose plain numbers (layers, width, vocab,
/// ffn_width, experts, norm, activation) are already set.
void build_shape(ModelShape& shape, const Hyperparameters& h);

}  // namespace weighin
