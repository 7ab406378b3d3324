// What a tensor is for, by its name in a GGUF file.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/shape/shape.h"

namespace weighin {

/// "blk.3.attn_q.weight" taken apart.
struct TensorName {
  int32_t layer = -1;       // 3; -1: of no layer
  std::string_view part;    // "attn_q"
  std::string_view ending;  // "weight", "bias"; empty: none
  bool encoder = false;     // "enc.blk.3...."
};
TensorName take_apart(std::string_view name);

/// The role of the tensor of that name, `dimensions` of which have more than one value at least. A name that
/// is in no table: a matrix is a projection, anything else is kept as a vector is.
TensorRole role_of(std::string_view name, uint32_t dimensions);

/// One tensor, as stored in a file with `dimensions` values along each dimension (the contiguous one first).
/// Three dimensions are as many matrices, `experts_active` of which are used where they are experts.
Tensor tensor_of(std::string name, const std::array<uint64_t, 4>& dimensions, FormatId format,
                 uint32_t experts_active);

/// Joins experts that are stored one by one ("blk.0.ffn_up.7.weight") into the tensors that hold all of a
/// layer
/// ("blk.0.ffn_up_exps.weight"), where they are of one size and format.
void join_experts(std::vector<Tensor>& tensors, uint32_t experts_active);

}  // namespace weighin
