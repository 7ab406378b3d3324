// What the parts of a model's graph share: results of so many f32 values a token, and the model's inputs.
#pragma once

#include <algorithm>

#include "models/llamacpp/build_graph.h"
#include "models/llamacpp/graph_order.h"

namespace weighin::llamacpp {

/// Rows that a result has: tokens of the micro-batch, or outputs after the last layer's attention.
struct Rows {
  uint64_t planned;
  uint64_t used;
};

class GraphBuilder {
 public:
  GraphBuilder(const ModelShape& shape, const GraphSizes& sizes)
      : shape(shape),
        sizes(sizes),
        order(graph_order(shape.architecture)),
        rows{sizes.tokens, std::min(sizes.used_tokens, sizes.tokens)} {}

  static constexpr uint64_t f32_bytes = 4;

  int result(uint64_t values, std::vector<int> sources, bool in_place = false) {
    return graph.operation(values * f32_bytes * rows.planned, values * f32_bytes * rows.used,
                           std::move(sources), in_place);
  }
  int product(uint64_t values, int of) { return result(values, {graph.outside(), of}); }
  /// Adds or multiplies a vector of the model's: over its source.
  int with_vector(uint64_t values, int of) { return result(values, {of, graph.outside()}, true); }
  int sum(uint64_t values, int a, int b) { return result(values, {a, b}, true); }
  /// A normalization of `values` a token, with weights where `weighted`. ggml's layer norm is not done in
  /// place.
  int norm(uint64_t values, int of, bool weighted = true) {
    const bool rms = shape.norm == NormKind::rms;
    int cur = result(values, {of}, rms);
    if (!weighted) return cur;
    cur = with_vector(values, cur);
    return rms || shape.without_norm_bias ? cur : with_vector(values, cur);
  }

  const ModelShape& shape;
  const GraphSizes& sizes;
  const GraphOrder& order;
  Graph graph;
  Rows rows;
  int positions = -1, out_ids = -1;
  int mask = -1, mask_window = -1;
  int indices = -1, indices_window = -1;
  int value_indices = -1, value_indices_window = -1;
  int key_rotation = -1, value_rotation = -1;
};

/// A layer's attention, without residual and norms: `cur` is its input. Returns the output product's result.
int add_attention(GraphBuilder& build, const Layer& layer, int cur);
int add_latent_attention(GraphBuilder& build, const Layer& layer, int cur);
/// A layer whose mixer keeps a state instead of keys and values.
int add_state_space(GraphBuilder& build, const Layer& layer, int cur);
/// A layer's feed-forward part.
int add_feed_forward(GraphBuilder& build, const Layer& layer, int cur);

}  // namespace weighin::llamacpp
