// What a model is: the sizes that decide its bytes and its arithmetic, and nothing of its weights.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/format.h"

namespace weighin {

/// What a tensor is for. Decides how it is quantized (models/memory.h) and which kernel multiplies it.
enum class TensorRole : uint8_t {
  token_embedding,     // vocab x width, looked up
  position_embedding,  // positions x width, looked up
  attn_q,
  attn_k,
  attn_v,
  attn_output,
  ffn_gate,
  ffn_up,
  ffn_down,
  router,  // mixture of experts: experts x width
  expert_gate,
  expert_up,
  expert_down,
  output,  // vocab x width: the output head
  pooler,  // encoders: width x width, once a text
  norm,    // vectors, kept in f32
  bias,    // vectors, kept in f32
};

std::string_view role_name(TensorRole role);

/// A group of equal tensors, each `rows` x `cols` (GGUF: cols is the contiguous dimension, the k of a
/// product).
struct Tensor {
  TensorRole role;
  uint64_t rows;
  uint64_t cols;
  /// Copies in the model file. 0 when the values are another tensor's (tied embeddings).
  uint32_t stored;
  /// Products with it for one token: 0 when it is only looked up, more than `stored` where layers share
  /// weights (ALBERT), fewer where only some experts are active.
  uint32_t used;
};

/// Layers whose attention is alike.
struct AttentionLayers {
  uint32_t layers;
  uint32_t heads;
  uint32_t kv_heads;
  uint32_t key_dim;    // of one head, as the scores are computed
  uint32_t value_dim;  // of one head
  /// Values kept per token and layer: kv_heads * (key_dim + value_dim), or the latent's size for MLA, 0 for
  /// encoders.
  uint32_t cached_values;
  uint32_t window;  // tokens a sliding-window layer sees; 0: all of them
};

enum class Task : uint8_t { chat, encode };
enum class NormKind : uint8_t { rms, layer };
enum class Activation : uint8_t { swiglu, geglu, gelu, silu };

/// A model's shape. Every count is per token unless it says otherwise.
struct ModelShape {
  std::string name;  // lower case with hyphens, as people type it
  std::vector<std::string> aliases;
  std::string title;  // as its authors write it
  std::string family;
  Task task = Task::chat;
  /// Why the shape cannot be known; empty when it is known. Then every number below is 0.
  std::string undisclosed;
  /// A shape made to stand for its size class where no published model exists.
  bool made = false;
  uint64_t published_params =
      0;                // as the source states it, to hold the computed count against; 0: not stated
  std::string source;   // where the numbers are from
  std::string checked;  // date they were read there, or "recalled"
  std::string remark;   // what a reader should know, shown with the model

  uint32_t layers = 0;
  uint32_t width = 0;
  uint32_t vocab = 0;
  uint32_t max_context = 0;
  uint32_t ffn_width = 0;  // of a dense layer, or of one expert
  uint32_t experts = 0;
  uint32_t experts_active = 0;
  bool rope = false;
  NormKind norm = NormKind::rms;
  Activation activation = Activation::swiglu;
  uint32_t norms = 0;        // normalizations of `width` values
  uint32_t activations = 0;  // activation passes over `ffn_width` values
  std::vector<Tensor> tensors;
  std::vector<AttentionLayers> attention;
};

/// Distinct parameters: what is stored, shared weights once.
uint64_t parameters(const ModelShape& shape);

/// Parameters one token is multiplied with or looks up: all of a dense model's, fewer in a mixture of
/// experts. Weights shared by several layers count once.
uint64_t active_parameters(const ModelShape& shape);

}  // namespace weighin
