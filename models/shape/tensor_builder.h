// Adds named tensors to a model's shape. The build_*.cc files use it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/shape/shape.h"

namespace weighin {

/// Adds the tensors of one layer, named "PREFIX.LAYER.NAME.weight", or with layer -1 tensors that belong to
/// no layer, named "NAME.weight". Where the model shares its layers' weights (ALBERT), layers after the first
/// store nothing.
class TensorBuilder {
 public:
  TensorBuilder(ModelShape& shape, int32_t layer, std::string_view prefix = "blk");
  /// Adds to `tensors`, a list of the shape other than shape.tensors: vision_tensors.
  TensorBuilder(ModelShape& shape, std::vector<Tensor>& tensors, int32_t layer, std::string_view prefix);

  /// A matrix that every token is multiplied with, and its bias vector where `bias` is set.
  void matrix(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols, bool bias = false);
  /// The same with `name` as the whole name.
  void matrix_called(std::string name, TensorRole role, uint64_t rows, uint64_t cols);
  /// One matrix for each expert, in one tensor. A token uses `experts_active` of them.
  void expert_matrices(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols, bool bias);
  /// `count` matrices in one tensor, for instance one for each head. Every token uses all of them.
  void matrices(std::string_view name, TensorRole role, uint32_t count, uint64_t rows, uint64_t cols);
  /// One convolution kernel of `steps` values for each channel, in a tensor of three dimensions.
  void kernels(std::string_view name, uint32_t channels, uint64_t steps);
  /// A matrix that is looked up by row, or whose role no product is made with. Nothing where `rows` is 0.
  void table(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols);
  /// A vector named "NAME.SUFFIX". Nothing where `values` is 0.
  void vector(std::string_view name, std::string_view suffix, TensorRole role, uint64_t values);
  /// Values whose name has no ending: ssm_a, ssm_d.
  void bare(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols);
  /// The weights of a normalization, and its bias where the model's normalizations have one.
  void norm(std::string_view name, uint64_t values);
  /// The weights of a normalization without a bias, `groups` x `values`.
  void norm_weights(std::string_view name, uint64_t values, uint64_t groups = 1);
  /// A matrix that this layer multiplies with and another tensor stores (a tied output head).
  void borrowed(std::string_view name, TensorRole role, uint64_t rows, uint64_t cols);
  /// Everything added from here on is stored with an earlier layer (Zamba 2).
  void store_nothing() { stored_ = 0; }

 private:
  void add(std::string name, TensorRole role, uint64_t rows, uint64_t cols, uint32_t stored, uint32_t used);
  std::string weight_name(std::string_view name) const;

  ModelShape& shape_;
  std::vector<Tensor>& tensors_;
  int32_t layer_;
  uint32_t stored_;
  std::string prefix_;
};

}  // namespace weighin
