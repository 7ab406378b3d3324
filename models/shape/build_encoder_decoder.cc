// The tensors have the names that llama.cpp gives T5's (src/models/t5.cpp, read 2026-11-24).
#include "models/shape/build_encoder_decoder.h"

#include "models/shape/build_feed_forward.h"
#include "models/shape/tensor_builder.h"

namespace weighin {
namespace {

/// T5 normalizes before each part and BART after it. Both have the same tensors.
void add_stack_attention(TensorBuilder& build, const ModelShape& shape, const std::string& prefix) {
  const uint64_t q = uint64_t{shape.heads} * shape.head_dim, kv = uint64_t{shape.kv_heads} * shape.head_dim;
  build.norm(prefix + "attn_norm", shape.width);
  build.matrix(prefix + "attn_q", TensorRole::attn_q, q, shape.width, shape.bias_qkv);
  // Whisper's keys have no bias (arXiv 2212.04356, model.py of its code).
  build.matrix(prefix + "attn_k", TensorRole::attn_k, kv, shape.width, shape.bias_qkv && !shape.audio_bins);
  build.matrix(prefix + "attn_v", TensorRole::attn_v, kv, shape.width, shape.bias_qkv);
  build.matrix(prefix + "attn_o", TensorRole::attn_output, shape.width, q, shape.bias_attention_output);
}

void add_stack_feed_forward(TensorBuilder& build, const ModelShape& shape, uint32_t ffn_width) {
  build.norm("ffn_norm", shape.width);
  add_feed_forward(build, shape, {.ffn_width = ffn_width});
}

void add_encoder(ModelShape& shape) {
  TensorBuilder outside(shape, -1);
  if (shape.audio_bins) {
    // Two convolutions, each over three steps of time.
    outside.matrix("enc.conv1", TensorRole::projection, shape.width, 3ull * shape.audio_bins, true);
    outside.matrix("enc.conv2", TensorRole::projection, shape.width, 3ull * shape.width, true);
  }
  outside.table("enc.position_embd", TensorRole::position_embedding, shape.encoder_positions, shape.width);
  if (shape.embedding_norm) outside.norm("enc.token_embd_norm", shape.width);
  for (int32_t i = 0; i < static_cast<int32_t>(shape.encoder_layers); ++i) {
    TensorBuilder build(shape, i, "enc.blk");
    add_stack_attention(build, shape, "");
    if (i == 0) build.table("attn_rel_b", TensorRole::table, shape.relative_buckets, shape.heads);
    add_stack_feed_forward(build, shape, shape.encoder_ffn_width ? shape.encoder_ffn_width : shape.ffn_width);
  }
  if (shape.final_norm) outside.norm("enc.output_norm", shape.width);
}

void add_decoder(ModelShape& shape) {
  TensorBuilder outside(shape, -1);
  outside.table("dec.position_embd", TensorRole::position_embedding, shape.positions, shape.width);
  if (shape.embedding_norm) outside.norm("dec.token_embd_norm", shape.width);
  for (int32_t i = 0; i < static_cast<int32_t>(shape.layers); ++i) {
    TensorBuilder build(shape, i, "dec.blk");
    add_stack_attention(build, shape, "");
    if (i == 0) build.table("attn_rel_b", TensorRole::table, shape.relative_buckets, shape.heads);
    add_stack_attention(build, shape, "cross_");
    add_stack_feed_forward(build, shape, shape.ffn_width);
  }
  if (shape.final_norm) outside.norm("dec.output_norm", shape.width);
}

}  // namespace

void add_encoder_decoder(ModelShape& shape) {
  TensorBuilder outside(shape, -1);
  outside.table("token_embd", TensorRole::token_embedding, shape.vocab, shape.width);
  add_encoder(shape);
  add_decoder(shape);
  if (!shape.head) return;
  if (shape.tied) {
    outside.borrowed("output", TensorRole::output, shape.vocab, shape.width);
  } else {
    outside.matrix("output", TensorRole::output, shape.vocab, shape.width);
  }
}

}  // namespace weighin
