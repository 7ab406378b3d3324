// The computation graph that llama.cpp builds of a model for one micro-batch.
#pragma once

#include "models/llamacpp/graph.h"
#include "models/shape/shape.h"

namespace weighin::llamacpp {

/// The numbers that decide the sizes of a graph's tensors.
struct GraphSizes {
  uint32_t tokens = 512;       // tokens of a micro-batch, as planned
  uint32_t used_tokens = 512;  // tokens that really are computed together, at most `tokens`
  uint32_t used_outputs = 1;   // tokens whose logits are asked for
  uint32_t sequences = 1;
  uint32_t cached = 0;         // cells of the KV cache that layers without a window see
  uint32_t used_cached = 0;    // those of them that are filled when the graph runs
  uint32_t cached_window = 0;  // cells that layers with a window see; 0: they have no cache of their own
  bool flash_attention = true;
  bool rotated_cache = false;  // a quantized KV cache holds keys and values rotated by a Hadamard matrix
};

/// The graph of src/models/*.cpp and src/llama-graph.cpp (llama.cpp v0.5.0): the operations whose results
/// need memory, in the order in which they are computed.
Graph build_graph(const ModelShape& shape, const GraphSizes& sizes);

}  // namespace weighin::llamacpp
