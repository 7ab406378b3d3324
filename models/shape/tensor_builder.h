// Adds named tensors to a shape: what build_shape's parts share.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "models/shape/shape.h"

namespace weighin {

/// Tensors of one layer (or of none, layer -1), named "PREFIX.LAYER.NAME.weight". Layers after the first of a
/// model that shares its layers store nothing.
class TensorBuilder {
 public:
  TensorBuilder(ModelShape& shape, int32_t layer, std::string_view prefix = "blk")
      : TensorBuilder(shape, shape.tensors, layer, prefix) {}
  /// Into `tensors` of the shape: vision_tensors.
  TensorBuilder(ModelShape& shape, std::vector<Tensor>& tensors, int32_t layer, std::string_view prefix)
      : shape_(shape),
        tensors_(tensors),
        layer_(layer),
        stored_(layer > 0 && shape.shared_layers ? 0 : 1),
        prefix_(layer < 0 ? "" : fmt::format("{}.{}.", prefix, layer)) {}

  /// A product of every token.
  void matrix(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols, bool bias = false) {
    add(fmt::format("{}{}.weight", prefix_, name), role, rows, cols, 1, 1);
    if (bias) vector(name, "bias", TensorRole::bias, rows);
  }
  /// The same under a name that is given whole.
  void matrix_called(std::string name, TensorRole role, uint64_t rows, uint64_t cols) {
    add(std::move(name), role, rows, cols, 1, 1);
  }
  /// One matrix an expert, `active` of them used.
  void expert_matrices(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols, bool bias) {
    add(fmt::format("{}{}.weight", prefix_, name), role, rows, cols, shape_.experts, shape_.experts_active);
    if (bias) add(fmt::format("{}{}.bias", prefix_, name), TensorRole::bias, shape_.experts, rows, 1, 0);
  }
  /// `count` matrices in one tensor (one a head, for instance), all used.
  void matrices(std::string_view name, TensorRole role, uint32_t count, uint64_t rows, uint64_t cols) {
    add(fmt::format("{}{}.weight", prefix_, name), role, rows, cols, count, count);
  }
  /// One kernel a channel, in a tensor of three dimensions.
  void kernels(std::string_view name, uint32_t channels, uint64_t steps) {
    add(fmt::format("{}{}.weight", prefix_, name), TensorRole::convolution, 1, steps, channels, 0);
  }
  /// Looked up, or of a role that no product is made with.
  void table(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols) {
    if (rows) add(fmt::format("{}{}.weight", prefix_, name), role, rows, cols, 1, 0);
  }
  void vector(std::string_view name, std::string_view suffix, TensorRole role, uint64_t values) {
    if (values) add(fmt::format("{}{}.{}", prefix_, name, suffix), role, 1, values, 1, 0);
  }
  /// Values whose name ends without "weight": ssm_a, ssm_d.
  void bare(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols) {
    add(fmt::format("{}{}", prefix_, name), role, rows, cols, 1, 0);
  }
  void norm(std::string_view name, uint64_t values) {
    vector(name, "weight", TensorRole::norm, values);
    const bool bias = shape_.norm_bias || (shape_.norm == NormKind::layer && !shape_.without_norm_bias);
    if (bias) vector(name, "bias", TensorRole::bias, values);
  }
  /// Weights alone, `groups` x `values`.
  void norm_weights(std::string_view name, uint64_t values, uint64_t groups = 1) {
    table(name, TensorRole::norm, groups, values);
  }
  /// Stored elsewhere, multiplied here.
  void borrowed(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols) {
    add(fmt::format("{}{}.weight", prefix_, name), role, rows, cols, 0, 1);
  }
  /// What follows is stored with an earlier layer (Zamba 2).
  void store_nothing() { stored_ = 0; }

 private:
  void add(std::string name, TensorRole role, uint64_t rows, uint64_t cols, uint32_t stored, uint32_t used) {
    tensors_.push_back({.name = std::move(name),
                        .role = role,
                        .layer = layer_,
                        .rows = rows,
                        .cols = cols,
                        .stored = stored * stored_,
                        .used = used});
  }

  ModelShape& shape_;
  std::vector<Tensor>& tensors_;
  int32_t layer_;
  uint32_t stored_;
  std::string prefix_;
};

/// Add the tensors of one layer's mixer and of its feed-forward part.
void add_attention(TensorBuilder& build, const ModelShape& shape, const Layer& layer);
void add_latent_attention(TensorBuilder& build, const ModelShape& shape, const Layer& layer);
void add_state_space(TensorBuilder& build, const ModelShape& shape, Mixer mixer);
void add_feed_forward(TensorBuilder& build, const ModelShape& shape, const Layer& layer);

/// Gated with a second matrix of the same size.
bool is_gated(Activation activation);

/// Values of one recurrent layer's state and of its convolution's, kept for one sequence in f32.
uint64_t state_values_of(const ModelShape& shape, Mixer mixer);

/// Add what a whole model of these kinds has in place of embeddings, layers and output.
void add_encoder_decoder(ModelShape& shape);

/// Add the parts of Gemma 3n and 4 outside the layers (before them), and those of one layer (after its
/// feed-forward).
void add_per_layer_inputs(ModelShape& shape);
void add_per_layer_input(TensorBuilder& build, const ModelShape& shape);

/// Adds one layer of MobileBERT (arXiv 2004.02984).
void add_bottleneck_layer(TensorBuilder& build, const ModelShape& shape, const Layer& layer);

/// Adds a shared transformer block of Zamba 2 to layer `index`.
void add_shared_block(ModelShape& shape, int32_t index, const Layer& layer);

/// Adds the vision tower to vision_tensors, named as llama.cpp's mmproj files name it.
void add_vision(ModelShape& shape);

}  // namespace weighin
