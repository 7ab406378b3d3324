#include "models/llamacpp/graph_feed_forward.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace weighin::llamacpp {
namespace {

/// The activation. With a gate it has a result of its own; without one it is computed in place.
int activated(GraphBuilder& build, uint64_t values, int gate, int up) {
  if (is_gated(build.shape.activation)) return build.result_of(NodeKind::gated, values, {gate, up});
  const int once = build.result_of(NodeKind::activation, values, {up}, true);
  return build.shape.activation == Activation::relu_squared ? build.result(values, {once}, true) : once;
}

int add_dense(GraphBuilder& build, uint64_t ffn, int cur) {
  const ModelShape& shape = build.shape;
  const auto product = [&](uint64_t values, int of) {
    const int result = build.product(values, of);
    return shape.bias_ffn ? build.with_vector(values, result) : result;
  };
  int active = 0;
  if (is_gated(shape.activation) && shape.fused_gate_up) {
    active = build.result_of(NodeKind::gated, ffn, {product(2 * ffn, cur)});
  } else {
    const int up = product(ffn, cur);
    const int gate = is_gated(shape.activation) ? product(ffn, cur) : up;
    active = activated(build, ffn, gate, up);
  }
  return product(shape.width, active);
}

struct Routing {
  int selected, weights;
};

/// Adds the choice of experts and their weights. The most probable experts are chosen and their weights
/// normalized. gpt-oss takes the softmax over the chosen experts alone
/// (LLAMA_EXPERT_GATING_FUNC_TYPE_SOFTMAX_WEIGHT).
Routing add_routing(GraphBuilder& build, int logits) {
  Graph& graph = build.graph;
  const ModelShape& shape = build.shape;
  const uint64_t used = shape.experts_active;
  const bool after = build.order.softmax_of_chosen;
  const int probabilities =
      after ? logits : build.result_of(NodeKind::softmax, shape.experts, {logits}, true);
  const int selection =
      shape.router_bias ? build.result(shape.experts, {probabilities, graph.outside()}, true) : probabilities;
  const int seen = graph.view(probabilities);
  const int selected = graph.view(build.result(shape.experts, {selection}));
  const int weights = graph.view(build.result(used, {seen, selected}));
  if (after) return {selected, graph.view(build.result(used, {weights}, true))};
  const int total = build.result(1, {build.result(1, {weights})}, true);
  return {selected, graph.view(build.result(used, {weights, total}, true))};
}

int add_experts(GraphBuilder& build, uint64_t ffn, int cur) {
  Graph& graph = build.graph;
  const ModelShape& shape = build.shape;
  const uint64_t used = shape.experts_active, width = shape.width;
  int logits = build.product(shape.experts, cur);
  if (shape.expert_bias) logits = build.with_vector(shape.experts, logits);
  const Routing routing = add_routing(build, logits);
  const int selected = routing.selected, weights = routing.weights;
  graph.expand(weights);

  const auto product = [&](uint64_t values, int of) {
    const int result = build.result_of(NodeKind::product, values * used, {graph.outside(), of, selected});
    return shape.expert_bias ? build.result(values * used, {result, graph.outside(), selected}, true)
                             : result;
  };
  const int input = graph.view(cur);
  const int up = product(ffn, input);
  const int gate = is_gated(shape.activation) ? product(ffn, input) : up;
  int experts = product(width, activated(build, ffn * used, gate, up));
  experts = build.result(width * used, {experts, weights}, true);
  graph.expand(experts);
  std::vector<int> views;
  for (uint64_t i = 0; i < used; ++i) {
    views.push_back(graph.view(experts));
    graph.expand(views.back());
  }
  int out = views[0];
  for (uint64_t i = 1; i < used; ++i) {
    out = build.result(width, {out, views[i]}, true);
    graph.expand(out);
  }
  if (used == 1) out = build.result(width, {out});
  if (shape.shared_experts == 0) return out;
  int shared = add_dense(build, shape.shared_ffn_width, cur);
  if (shape.shared_expert_gate) {
    const int gate_value = build.result(1, {build.product(1, cur)}, true);
    shared = build.result(width, {shared, gate_value}, true);
  }
  return build.sum(width, out, shared);
}

}  // namespace

int add_feed_forward(GraphBuilder& build, const Layer& layer, int cur) {
  return layer.feed_forward == FeedForward::experts ? add_experts(build, layer.ffn_width, cur)
                                                    : add_dense(build, layer.ffn_width, cur);
}

}  // namespace weighin::llamacpp
