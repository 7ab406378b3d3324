// The graph of a model as llama.cpp builds it for one micro-batch.
#pragma once

#include "models/llamacpp/graph.h"
#include "models/shape/shape.h"

namespace weighin::llamacpp {

/// What decides the sizes in a graph.
struct GraphSizes {
  uint32_t tokens = 512;       // of a micro-batch, as planned
  uint32_t used_tokens = 512;  // really computed together, at most `tokens`
  uint32_t used_outputs = 1;   // tokens whose logits are asked for
  uint32_t sequences = 1;
  uint32_t cached = 0;       // cells of the KV cache that layers without a window see, all sequences together
  uint32_t used_cached = 0;  // of them filled when the graph runs
  uint32_t cached_window = 0;  // cells that layers with a window see
  bool flash_attention = true;
  bool rotated_cache = false;  // a quantized cache keeps keys and values rotated (Hadamard)
};

/// The graph of src/models/*.cpp and src/llama-graph.cpp (llama.cpp v0.5.0): the operations whose results
/// need memory, in the order they are computed. State-space and convolution layers are graphs of their own
/// shape.
Graph build_graph(const ModelShape& shape, const GraphSizes& sizes);

}  // namespace weighin::llamacpp
