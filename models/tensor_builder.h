// Adds named tensors to a shape: what build_shape's parts share.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "models/shape.h"

namespace weighin {

/// Tensors of one layer (or of none, layer -1), named "PREFIX.LAYER.NAME.weight". Layers after the first of a
/// model that shares its layers store nothing.
class TensorBuilder {
 public:
  TensorBuilder(ModelShape& shape, int32_t layer, std::string_view prefix = "blk")
      : shape_(shape),
        layer_(layer),
        stored_(layer > 0 && shape.shared_layers ? 0 : 1),
        prefix_(layer < 0 ? "" : fmt::format("{}.{}.", prefix, layer)) {}

  /// A product of every token.
  void matrix(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols, bool bias = false) {
    add(fmt::format("{}{}.weight", prefix_, name), role, rows, cols, 1, 1);
    if (bias) vector(name, "bias", TensorRole::bias, rows);
  }
  /// One matrix an expert, `active` of them used.
  void expert_matrices(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols, bool bias) {
    add(fmt::format("{}{}.weight", prefix_, name), role, rows, cols, shape_.experts, shape_.experts_active);
    if (bias) add(fmt::format("{}{}.bias", prefix_, name), TensorRole::bias, shape_.experts, rows, 1, 0);
  }
  /// One matrix a head, all used.
  void head_matrices(std::string_view name, TensorRole role, uint32_t heads, uint64_t rows, uint64_t cols) {
    add(fmt::format("{}{}.weight", prefix_, name), role, rows, cols, heads, heads);
  }
  /// Looked up, or of a role that no product is made with.
  void table(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols) {
    if (rows) add(fmt::format("{}{}.weight", prefix_, name), role, rows, cols, 1, 0);
  }
  void vector(std::string_view name, std::string_view suffix, TensorRole role, uint64_t values) {
    if (values) add(fmt::format("{}{}.{}", prefix_, name, suffix), role, 1, values, 1, 0);
  }
  void norm(std::string_view name, uint64_t values) {
    vector(name, "weight", TensorRole::norm, values);
    const bool bias = shape_.norm_bias || (shape_.norm == NormKind::layer && !shape_.without_norm_bias);
    if (bias) vector(name, "bias", TensorRole::bias, values);
  }
  /// Stored elsewhere, multiplied here.
  void borrowed(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols) {
    add(fmt::format("{}{}.weight", prefix_, name), role, rows, cols, 0, 1);
  }

 private:
  void add(std::string name, TensorRole role, uint64_t rows, uint64_t cols, uint32_t stored, uint32_t used) {
    shape_.tensors.push_back({.name = std::move(name),
                              .role = role,
                              .layer = layer_,
                              .rows = rows,
                              .cols = cols,
                              .stored = stored * stored_,
                              .used = used});
  }

  ModelShape& shape_;
  int32_t layer_;
  uint32_t stored_;
  std::string prefix_;
};

/// Adds the tensors of one layer's mixer and of its feed-forward part.
void add_attention(TensorBuilder& build, const ModelShape& shape, const Layer& layer);
void add_latent_attention(TensorBuilder& build, const ModelShape& shape, const Layer& layer);
void add_feed_forward(TensorBuilder& build, const ModelShape& shape, const Layer& layer);

}  // namespace weighin
