// What a model is: the sizes that decide its bytes and its arithmetic, and nothing of its weights.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/format/format.h"
#include "models/shape/architecture.h"

namespace weighin {

/// What a tensor is for. Decides how it is quantized (models/bytes/tensor_formats.h) and which kernel
/// multiplies it.
enum class TensorRole : uint8_t {
  token_embedding,      // vocab x width, looked up
  position_embedding,   // positions x width, looked up
  per_layer_embedding,  // Gemma 3n: vocab x (layers * per-layer width), looked up, one row a token
  attn_q,
  attn_k,
  attn_v,
  attn_qkv,   // query, key and value in one
  attn_kv_b,  // MLA: from the latent to keys and values
  attn_output,
  ffn_gate,
  ffn_up,  // gate and up in one where the model fuses them
  ffn_down,
  router,  // mixture of experts: experts x width
  expert_gate,
  expert_up,
  expert_down,
  projection,   // any other matrix that every token is multiplied with
  output,       // vocab x width: the output head
  pooler,       // encoders: width x width, once a text
  convolution,  // short convolutions: channels x kernel, kept in f32
  table,  // small tables that are no parameters' products: rope factors, relative positions; kept in f32
  norm,   // vectors, kept in f32
  bias,   // vectors, kept in f32
};

std::string_view role_name(TensorRole role);

/// Vectors and small tables, which every format keeps in f32 and no product is made with.
bool kept_in_f32(TensorRole role);
/// Read by row, not multiplied.
bool looked_up(TensorRole role);
bool is_expert(TensorRole role);

/// One tensor of a model's file: `stored` matrices of `rows` x `cols` (cols is the contiguous dimension, the
/// k of a product); more than one where a tensor holds all experts of a layer.
struct Tensor {
  std::string name;  // as GGUF files name it: "blk.3.attn_q.weight"
  TensorRole role;
  int32_t layer;  // -1: none
  uint64_t rows;
  uint64_t cols;
  /// Matrices in the model file. 0 when the values are another tensor's (tied embeddings, shared layers).
  uint32_t stored;
  /// Products with it for one token: 0 when it is only looked up, fewer than `stored` where only some experts
  /// are active.
  uint32_t used;
  /// As it stands in a file that was read; none: the format of the whole file decides
  /// (models/bytes/tensor_formats.h).
  FormatId format = FormatId::none;
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

/// How a model's numbers were checked.
enum class Checked : uint8_t {
  read,        // every number read at its source, or in a stored copy of it
  recomputed,  // recalled, and the parameter count they give agrees with the published one
  recalled,
};
std::string_view checked_name(Checked checked);

/// A size somebody published for a file of the model.
struct PublishedFile {
  std::string format;
  uint64_t bytes = 0;
  std::string source;
};

/// A model: who it is, its architecture, and the tensors that follow from it.
struct ModelShape : Architecture {
  std::string name;  // lower case with hyphens, as people type it
  std::vector<std::string> aliases;
  std::string title;  // as its authors write it
  std::string family;
  Task task = Task::chat;
  /// Why the shape cannot be known; empty when it is known. Then every number is 0.
  std::string undisclosed;
  /// A shape made to stand for its size class where no published model exists.
  bool made = false;
  uint64_t published_params =
      0;  // as the source states it, to hold the computed count against; 0: not stated
  std::vector<PublishedFile> published_files;
  std::string source;  // where the numbers are from
  Checked checked = Checked::recalled;
  std::string checked_note;    // when, how, and what of it was only recalled
  std::string remark;          // what a reader should know, shown with the model
  std::string licence;         // as Hugging Face names it: "apache-2.0"; empty: not known
  bool gated = false;          // terms must be accepted before the original weights can be had
  std::string released;        // date, ISO 8601
  std::string distilled_from;  // the teacher's name in the catalogue

  uint32_t norms = 0;        // normalizations of `width` values
  uint32_t activations = 0;  // activation passes over `ffn_width` values
  std::vector<Tensor> tensors;
  std::vector<Tensor> vision_tensors;  // the vision tower, a file of its own beside a GGUF
  std::vector<AttentionLayers> attention;
  uint64_t state_values = 0;  // kept for one sequence by recurrent layers, f32

  /// Where the shape was read from a file of weights: its format's name ("Q4_K_M"), and what its tensors and
  /// its header take. Empty and 0 otherwise.
  std::string file_format;
  uint64_t file_bytes = 0;
  uint64_t tokenizer_bytes = 0;  // of the header: tokens, scores, merges
  /// What the file's tensors take where they are packed as no tensor format says (GPTQ, AWQ, MLX); else 0.
  uint64_t packed_bytes = 0;
};

/// Of one head's queries and keys in `layer`.
uint32_t head_dim_of(const Architecture& architecture, const Layer& layer);

/// Values in the file, and their bytes where they stand there in `format`.
uint64_t stored_values(const Tensor& tensor);
uint64_t stored_bytes(const Tensor& tensor, FormatId format);

/// Distinct parameters: what is stored, shared weights once; with the vision tower.
uint64_t parameters(const ModelShape& shape);

/// Parameters one token is multiplied with or looks up: all of a dense model's, fewer in a mixture of
/// experts. Weights shared by several layers count once.
uint64_t active_parameters(const ModelShape& shape);

}  // namespace weighin
