// Which member of a pass's weights a tensor is for, by its name.
#pragma once

#include <span>
#include <string>

#include "kernels/forward/weights.h"

namespace weighin {

/// One of: a vector of floats, a product, or the table of embeddings; or `skipped`, what no pass reads. None:
/// the pass has no place for the tensor.
struct TensorSlot {
  std::span<const float>* vector = nullptr;
  Product* product = nullptr;
  bool embeddings = false;
  bool skipped = false;

  bool found() const { return vector != nullptr || product != nullptr || embeddings || skipped; }
};

/// The place of `tensor` in `weights`, whose layers are there already.
TensorSlot slot_of(const Tensor& tensor, ForwardWeights& weights);

/// What of `weights` is missing, or of a size that `shape` does not give it; empty: nothing.
std::string shape_mismatch(const ModelShape& shape, const ForwardFacts& facts, const ForwardWeights& weights);

}  // namespace weighin
