#include "models/shape/tensor_builder.h"

#include <fmt/format.h>

#include <utility>

namespace weighin {

TensorBuilder::TensorBuilder(ModelShape& shape, int32_t layer, std::string_view prefix)
    : TensorBuilder(shape, shape.tensors, layer, prefix) {}

TensorBuilder::TensorBuilder(ModelShape& shape, std::vector<Tensor>& tensors, int32_t layer,
                             std::string_view prefix)
    : shape_(shape),
      tensors_(tensors),
      layer_(layer),
      stored_(layer > 0 && shape.shared_layers ? 0 : 1),
      prefix_(layer < 0 ? "" : fmt::format("{}.{}.", prefix, layer)) {}

void TensorBuilder::matrix(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols, bool bias) {
  add(weight_name(name), role, rows, cols, 1, 1);
  if (bias) vector(name, "bias", TensorRole::bias, rows);
}

void TensorBuilder::matrix_called(std::string name, TensorRole role, uint64_t rows, uint64_t cols) {
  add(std::move(name), role, rows, cols, 1, 1);
}

void TensorBuilder::expert_matrices(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols,
                                    bool bias) {
  add(weight_name(name), role, rows, cols, shape_.experts, shape_.experts_active);
  if (bias) add(fmt::format("{}{}.bias", prefix_, name), TensorRole::bias, shape_.experts, rows, 1, 0);
}

void TensorBuilder::matrices(std::string_view name, TensorRole role, uint32_t count, uint64_t rows,
                             uint64_t cols) {
  add(weight_name(name), role, rows, cols, count, count);
}

void TensorBuilder::kernels(std::string_view name, uint32_t channels, uint64_t steps) {
  add(weight_name(name), TensorRole::convolution, 1, steps, channels, 0);
}

void TensorBuilder::table(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols) {
  if (rows) add(weight_name(name), role, rows, cols, 1, 0);
}

void TensorBuilder::vector(std::string_view name, std::string_view suffix, TensorRole role, uint64_t values) {
  if (values) add(fmt::format("{}{}.{}", prefix_, name, suffix), role, 1, values, 1, 0);
}

void TensorBuilder::bare(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols) {
  add(fmt::format("{}{}", prefix_, name), role, rows, cols, 1, 0);
}

void TensorBuilder::norm(std::string_view name, uint64_t values) {
  vector(name, "weight", TensorRole::norm, values);
  const bool bias = shape_.norm_bias || (shape_.norm == NormKind::layer && !shape_.without_norm_bias);
  if (bias) vector(name, "bias", TensorRole::bias, values);
}

void TensorBuilder::norm_weights(std::string_view name, uint64_t values, uint64_t groups) {
  table(name, TensorRole::norm, groups, values);
}

void TensorBuilder::borrowed(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols) {
  add(weight_name(name), role, rows, cols, 0, 1);
}

void TensorBuilder::add(std::string name, TensorRole role, uint64_t rows, uint64_t cols, uint32_t stored,
                        uint32_t used) {
  tensors_.push_back({.name = std::move(name),
                      .role = role,
                      .layer = layer_,
                      .rows = rows,
                      .cols = cols,
                      .stored = stored * stored_,
                      .used = used});
}

std::string TensorBuilder::weight_name(std::string_view name) const {
  return fmt::format("{}{}.weight", prefix_, name);
}

}  // namespace weighin
