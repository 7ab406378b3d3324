// Structured pruning: whole layers, heads, feed-forward values or channels are left out, and what remains is
// an ordinary dense model of another shape.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "models/shape/shape.h"

namespace weighin {

/// What is left of a model.
struct Pruning {
  double layers = 1;        // shares kept of each
  double heads = 1;         // whole groups of query heads with their key-value head
  double ffn_width = 1;     // in steps of 256 where the width was one, else of 32, so that blocks still fit
  double width = 1;         // channels between layers, in the same steps
  uint32_t keep_first = 0;  // layers whose heads and feed-forward stay whole
  uint32_t keep_last = 0;
};

/// `shape` pruned and built again. Layers go from the end, the last one stays (arXiv 2403.17887: the deeper
/// layers matter least). Error: why this kind of model cannot be pruned so here.
tl::expected<ModelShape, std::string> prune(const ModelShape& shape, const Pruning& pruning);

/// `shape`'s tensors and layers made again from its architecture, which was changed. What was published of it
/// no longer holds and is left out.
void rebuild(ModelShape& shape);

}  // namespace weighin
