// Structured pruning: whole layers, heads, feed-forward values or channels are removed. What remains is an
// ordinary dense model of another shape.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "models/shape/shape.h"

namespace weighin {

/// The shares of a model that are kept.
struct Pruning {
  double layers = 1;
  double heads = 1;  // of whole groups: query heads with their key-value head
  double ffn_width =
      1;             // in steps of 256 where the width is a multiple of that, else of 32, so that blocks fit
  double width = 1;  // of channels between layers, in the same steps
  uint32_t keep_first = 0;  // leading layers whose heads and feed-forward part stay whole
  uint32_t keep_last = 0;   // the same at the end
};

/// `shape` pruned, with its tensors made again. Layers are removed from the end, except the last one, because
/// the deeper layers matter least (arXiv 2403.17887). Error: why this kind of model cannot be pruned so here.
tl::expected<ModelShape, std::string> prune(const ModelShape& shape, const Pruning& pruning);

/// Makes the tensors of `shape` again after its architecture was changed. Published counts and files no
/// longer apply and are removed.
void rebuild(ModelShape& shape);

}  // namespace weighin
