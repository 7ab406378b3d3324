// Which member of a pass's weights a tensor belongs to, by its name.
#pragma once

#include <span>
#include <string>

#include "kernels/forward/weights.h"

namespace weighin {

/// Where a tensor belongs: to a vector of floats, to a product, or to the table of embeddings. `skipped`: no
/// pass reads it. None of these: the pass has no slot for the tensor.
struct TensorSlot {
  std::span<const float>* vector = nullptr;
  Product* product = nullptr;
  bool embeddings = false;
  bool skipped = false;

  bool found() const { return vector != nullptr || product != nullptr || embeddings || skipped; }
};

/// The slot of `tensor` in `weights`, whose layers have been allocated.
TensorSlot slot_of(const Tensor& tensor, ForwardWeights& weights);

/// What is missing in `weights`, or has another size than `shape` gives it; empty: nothing.
std::string shape_mismatch(const ModelShape& shape, const ForwardFacts& facts, const ForwardWeights& weights);

}  // namespace weighin
