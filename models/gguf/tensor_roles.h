// The roles of tensors by their names in GGUF files.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/shape/shape.h"

namespace weighin {

/// The parts of a tensor's name, as of "blk.3.attn_q.weight".
struct TensorName {
  int32_t layer = -1;       // 3; -1: the tensor belongs to no layer
  std::string_view part;    // "attn_q"
  std::string_view ending;  // "weight", "bias"; empty: none
  bool encoder = false;     // "enc.blk.3...."
};
TensorName parse_tensor_name(std::string_view name);

/// The role of the tensor called `name`. `dimensions` is the number of its dimensions, without trailing ones
/// of one value. A tensor that is in no table is a projection where it is a matrix, else a bias.
TensorRole role_of(std::string_view name, uint32_t dimensions);

/// The tensor called `name` that a file stores with `dimensions` values along each dimension, the contiguous
/// one first. The values of a third dimension are that many matrices. Of experts, a token uses
/// `experts_active`.
Tensor tensor_of(std::string name, const std::array<uint64_t, 4>& dimensions, FormatId format,
                 uint32_t experts_active);

/// Joins experts that are stored one by one ("blk.0.ffn_up.7.weight") into one tensor for each layer
/// ("blk.0.ffn_up_exps.weight"), where their sizes and formats are the same.
void join_experts(std::vector<Tensor>& tensors, uint32_t experts_active);

}  // namespace weighin
