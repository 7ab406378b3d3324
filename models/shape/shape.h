// The shape of a model: the sizes that decide its bytes and its arithmetic. Values of weights are not part of
// it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/format/format.h"
#include "models/shape/architecture.h"

namespace weighin {

/// What a tensor is for. This decides how it is quantized (bytes/tensor_formats.h) and which kernel
/// multiplies it.
enum class TensorRole : uint8_t {
  token_embedding,      // vocab x width, looked up
  position_embedding,   // positions x width, looked up
  per_layer_embedding,  // Gemma 3n: vocab x (layers * per-layer width), one row is looked up per token
  attn_q,
  attn_k,
  attn_v,
  attn_qkv,   // query, key and value in one matrix
  attn_kv_b,  // multi-head latent attention: from the latent to keys and values
  attn_output,
  ffn_gate,
  ffn_up,  // gate and up in one matrix where the model fuses them
  ffn_down,
  router,  // mixture of experts: experts x width
  expert_gate,
  expert_up,
  expert_down,
  projection,   // any other matrix that every token is multiplied with
  output,       // vocab x width: the output head
  pooler,       // encoders: width x width, once per text
  convolution,  // short convolutions: channels x kernel, kept in f32
  table,        // small tables that nothing is multiplied with: rope factors, relative positions; kept in f32
  norm,         // vectors, kept in f32
  bias,         // vectors, kept in f32
};

std::string_view role_name(TensorRole role);

/// Whether every file format keeps tensors of this role in f32: vectors, routers, convolutions, learned
/// positions and small tables.
bool kept_in_f32(TensorRole role);
/// Whether rows of the tensor are read, and nothing is multiplied with it.
bool looked_up(TensorRole role);
bool is_expert(TensorRole role);

/// One tensor of a model's file. It holds `stored` matrices of `rows` x `cols`: more than one where a tensor
/// holds all experts of a layer. `cols` is the contiguous dimension, the k of a product.
struct Tensor {
  std::string name;  // as GGUF files name it: "blk.3.attn_q.weight"
  TensorRole role;
  int32_t layer;  // -1: the tensor belongs to no layer
  uint64_t rows;
  uint64_t cols;
  /// Matrices in the file. 0 where another tensor has the values (tied embeddings, shared layers).
  uint32_t stored;
  /// Matrices that one token is multiplied with. 0 for a tensor that is only looked up, fewer than `stored`
  /// where only some experts are active.
  uint32_t used;
  /// The format in the file that was read. none: the file format decides (bytes/tensor_formats.h).
  FormatId format = FormatId::none;
};

/// A group of layers whose attention is alike.
struct AttentionLayers {
  uint32_t layers;
  uint32_t heads;
  uint32_t kv_heads;
  uint32_t key_dim;    // values of one head's key, as the scores are computed
  uint32_t value_dim;  // values of one head's value
  /// Values that the KV cache holds per token and layer: kv_heads * (key_dim + value_dim), or the size of the
  /// latent for multi-head latent attention. 0 for encoders.
  uint32_t cached_values;
  uint32_t window;  // tokens that a sliding-window layer sees; 0: all of them
};

enum class Task : uint8_t { chat, encode };

/// How a model's numbers were checked.
enum class Checked : uint8_t {
  read,        // every number read at its source, or in a stored copy of it
  recomputed,  // recalled from memory, and the parameter count they give agrees with the published one
  recalled,    // recalled from memory
};
std::string_view checked_name(Checked checked);

/// A published size of a file of the model.
struct PublishedFile {
  std::string format;
  uint64_t bytes = 0;
  std::string source;
};

/// A model: its identity, its architecture, and the tensors that follow from it.
struct ModelShape : Architecture {
  std::string name;  // lower case with hyphens, as people type it
  std::vector<std::string> aliases;
  std::string title;  // the name as its authors write it
  std::string family;
  Task task = Task::chat;
  /// Why the shape is not known, where it was not published; every number is then 0. Empty: it is known.
  std::string undisclosed;
  /// The shape was made up to represent a size class that no published model is in.
  bool made = false;
  /// As the source states it, to compare the computed count with. 0: not stated.
  uint64_t published_params = 0;
  std::vector<PublishedFile> published_files;
  std::string source;  // where the numbers come from
  Checked checked = Checked::recalled;
  std::string checked_note;    // when and how they were checked, and which of them were only recalled
  std::string remark;          // what a reader should know; shown with the model
  std::string licence;         // as Hugging Face names it: "apache-2.0"; empty: not known
  bool gated = false;          // the original weights can be downloaded only after accepting terms
  std::string released;        // date, ISO 8601
  std::string distilled_from;  // the teacher's name in the catalogue

  uint32_t norms = 0;        // normalizations of `width` values
  uint32_t activations = 0;  // activation passes over `ffn_width` values
  std::vector<Tensor> tensors;
  std::vector<Tensor> vision_tensors;  // the vision tower, which is a file of its own beside a GGUF file
  std::vector<AttentionLayers> attention;
  uint64_t state_values = 0;  // f32 values that recurrent layers keep for one sequence

  /// Where the shape was read from a file of weights: the name of the file's format ("Q4_K_M"), the bytes of
  /// all its files, and those of the tokenizer in the header. Empty and 0 otherwise.
  std::string file_format;
  uint64_t file_bytes = 0;
  uint64_t tokenizer_bytes = 0;  // tokens, scores, merges
  /// Bytes of the file's tensors where they are packed as no tensor format says (GPTQ, AWQ, MLX); else 0.
  uint64_t packed_bytes = 0;
};

/// Whether a feed-forward part with this activation has a gate: a second matrix of the same size as up.
bool is_gated(Activation activation);

/// Values of one head's query and key in `layer`.
uint32_t head_dim_of(const Architecture& architecture, const Layer& layer);

/// Values of the tensor in the file.
uint64_t stored_values(const Tensor& tensor);

/// Their bytes in `format`.
uint64_t stored_bytes(const Tensor& tensor, FormatId format);

/// Distinct parameters: those of all stored tensors, with the vision tower. Shared weights count once.
uint64_t parameters(const ModelShape& shape);

/// Parameters that one token is multiplied with or looked up in: all of them in a dense model, fewer in a
/// mixture of experts. Weights that several layers share count once.
uint64_t active_parameters(const ModelShape& shape);

}  // namespace weighin
