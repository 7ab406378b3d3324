#include "kernels/problem/llamacpp_step.h"

#include <algorithm>

#include "models/llamacpp/build_graph.h"

namespace weighin {
namespace {

using llamacpp::NodeKind;

/// llama.cpp's default micro-batch (n_ubatch).
constexpr uint32_t micro_batch = 512;

class EngineStep {
 public:
  EngineStep(const ModelShape& shape, FormatId cache) : shape_(shape), cache_(cache) {}

  void add(ProblemUse use) { uses_.push_back(std::move(use)); }
  /// Adds an operation that is spread evenly over the layers.
  void add_evenly(const Problem& problem, double times, const char* part) {
    for (ProblemUse& use : uses_) {
      if (!(use.problem == problem) || use.part != part) continue;
      for (double& place : use.places) place *= (use.times + times) / use.times;
      use.times += times;
      return;
    }
    const size_t layers = std::max<size_t>(1, shape_.per_layer.size());
    ProblemUse use{problem, times, part, std::vector<double>(shape_.per_layer.size() + 2)};
    for (size_t layer = 1; layer + 1 < use.places.size(); ++layer)
      use.places[layer] = times / static_cast<double>(layers);
    uses_.push_back(std::move(use));
  }
  /// Adds the small operations of one graph of `tokens` tokens.
  void add_graph(uint32_t tokens, double times) {
    llamacpp::GraphSizes sizes;
    sizes.tokens = sizes.used_tokens = tokens;
    sizes.used_outputs = shape_.task == Task::encode ? tokens : 1;
    sizes.cached = sizes.used_cached = tokens;
    const llamacpp::Graph graph = build_graph(shape_, sizes);
    for (const int index : graph.order())
      add_node(graph, graph.nodes()[static_cast<size_t>(index)], tokens, times);
    // The start of a graph belongs to no layer, as the look-up of the first row does.
    ProblemUse start{{.op = Op::submit}, times, "graph", std::vector<double>(shape_.per_layer.size() + 2)};
    start.places.front() = times;
    uses_.push_back(std::move(start));
  }
  std::vector<ProblemUse> take() { return std::move(uses_); }

 private:
  void add_node(const llamacpp::Graph& graph, const llamacpp::Node& node, uint32_t tokens, double times) {
    uint64_t bytes = node.used_bytes;
    if (node.kind == NodeKind::cache_write && !node.sources.empty())
      bytes = graph.used_bytes(node.sources.front());
    const uint64_t values = bytes / sizeof(float);
    if (values == 0) return;
    // After the last layer's attention only the tokens remain whose logits are asked for.
    const bool whole = values % tokens == 0 && values / tokens >= 1 && tokens > 1 && values / tokens >= 16;
    const uint32_t n = whole ? tokens : 1;
    const auto row = static_cast<uint32_t>(values / n);
    switch (node.kind) {
      case NodeKind::none:
      case NodeKind::product:
      case NodeKind::attention:
      case NodeKind::of_norm:
        return;
      case NodeKind::sum:
        return add_evenly({.op = Op::add, .n = n, .k = row}, times, "sum");
      case NodeKind::norm:
        return add_evenly(
            {.op = shape_.norm == NormKind::rms ? Op::rms_norm : Op::layer_norm, .n = n, .k = row}, times,
            "norm");
      case NodeKind::rope: {
        const uint32_t dim = std::max(1U, std::min(row, shape_.head_dim));
        return add_evenly({.op = Op::rope, .m = row / dim, .n = n, .k = dim}, times, "rope");
      }
      case NodeKind::gated:
        return add_evenly({.op = Op::swiglu, .n = n, .k = row}, times, "activation");
      case NodeKind::activation:
        return add_evenly({.op = Op::gelu, .n = n, .k = row}, times, "activation");
      case NodeKind::softmax:
        return add_evenly({.op = Op::softmax, .n = n, .k = row}, times, "router");
      case NodeKind::look_up:
        return add_evenly({.op = Op::embedding, .format = FormatId::f32, .m = 1, .n = n, .k = row}, times,
                          "rows");
      case NodeKind::cache_write:
        return add_evenly({.op = Op::cache_write, .format = cache_, .n = n, .k = row}, times, "cache");
    }
  }

  const ModelShape& shape_;
  FormatId cache_;
  std::vector<ProblemUse> uses_;
};

}  // namespace

std::vector<ProblemUse> llamacpp_step(const std::vector<ProblemUse>& step, const ModelShape& shape,
                                      uint32_t tokens, FormatId cache) {
  EngineStep engine(shape, cache);
  for (const ProblemUse& use : step) {
    if (is_attention(use.problem.op)) engine.add(use);
    if (is_matrix(use.problem.op)) engine.add(use.of_all_experts ? with_all_experts(use) : use);
  }
  const uint32_t whole = tokens / micro_batch, rest = tokens % micro_batch;
  if (whole) engine.add_graph(micro_batch, whole);
  if (rest) engine.add_graph(rest, 1);
  return engine.take();
}

}  // namespace weighin
