// What all parts of a model's graph use: nodes of so many f32 values per token, and the inputs of the graph.
#pragma once

#include <algorithm>

#include "models/llamacpp/build_graph.h"
#include "models/llamacpp/graph_order.h"

namespace weighin::llamacpp {

/// Rows of a result: the tokens of the micro-batch or, after the last layer's attention, the outputs.
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

  /// The result of an operation: `values` f32 values per row.
  int result(uint64_t values, std::vector<int> sources, bool in_place = false) {
    return graph.operation(values * f32_bytes * rows.planned, values * f32_bytes * rows.used,
                           std::move(sources), in_place);
  }
  /// The same of a kind of its own.
  int result_of(NodeKind kind, uint64_t values, std::vector<int> sources, bool in_place = false) {
    const int node = result(values, std::move(sources), in_place);
    graph.set_kind(node, kind);
    return node;
  }
  /// A product with a matrix of the model.
  int product(uint64_t values, int of) { return result_of(NodeKind::product, values, {graph.outside(), of}); }
  /// The sum or product with a vector of the model, written over its source.
  int with_vector(uint64_t values, int of) { return result(values, {of, graph.outside()}, true); }
  /// The sum of two results, written over `a` where nothing else reads it.
  int sum(uint64_t values, int a, int b) { return result(values, {a, b}, true); }
  /// A normalization of `values` values per token, with weights where `weighted` is set. ggml does not
  /// compute a layer norm in place.
  int norm(uint64_t values, int of, bool weighted = true) {
    const bool rms = shape.norm == NormKind::rms;
    const auto vector = [&](int source) {
      const int node = with_vector(values, source);
      graph.set_kind(node, NodeKind::of_norm);
      return node;
    };
    int cur = result_of(NodeKind::norm, values, {of}, rms);
    if (!weighted) return cur;
    cur = vector(cur);
    return rms || shape.without_norm_bias ? cur : vector(cur);
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

}  // namespace weighin::llamacpp
