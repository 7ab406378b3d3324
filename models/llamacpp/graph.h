// The computation graph that llama.cpp makes of a model, as far as memory depends on it: the sizes of its
// tensors, and when each is alive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weighin::llamacpp {

/// What computes a tensor. A product and attention are priced by the model's shape; all else by its values.
enum class NodeKind : uint8_t {
  none,     // no operation: a leaf or a view
  sum,      // a sum or product of two tensors, or another pass over values
  product,  // a product with a matrix of the model, or with its experts' matrices
  attention,
  norm,     // with its weights and bias
  of_norm,  // the weights and bias of a norm, which are counted with it
  rope,
  gated,  // the activation of a gate times what it lets through
  activation,
  softmax,
  look_up,      // rows of a matrix
  cache_write,  // rows that are written into the KV cache
};

/// One tensor of the graph.
struct Node {
  uint64_t bytes = 0;       // for a micro-batch of the planned size
  uint64_t used_bytes = 0;  // for the batch that is really computed, which may be smaller
  std::vector<int> sources{};
  int view_of = -1;       // the tensor whose bytes it shares
  bool own = true;        // it lies in the compute buffer; false: it is a weight or the KV cache
  bool in_place = false;  // its operation may write over a source (ggml_op_can_inplace)
  bool input = false;     // it is filled before the graph runs
  bool output = false;    // it is read after the graph has run, so its bytes are never reused
  bool placed = false;    // it already is in the order of computation
  NodeKind kind = NodeKind::none;
};

/// A graph with its order of computation, which is made as ggml_build_forward_expand makes it: the sources of
/// a node, from left to right, come before the node. Nodes are numbered in the order in which they are added.
class Graph {
 public:
  /// Adds a tensor that lives outside of the compute buffer: weights, the KV cache.
  int outside();
  /// Adds a tensor that is filled before the graph runs.
  int input(uint64_t bytes, uint64_t used_bytes);
  /// Adds the result of an operation on `sources`.
  int operation(uint64_t bytes, uint64_t used_bytes, std::vector<int> sources, bool in_place = false);
  /// Adds a view: a tensor that shares the bytes of `of`.
  int view(int of);
  /// Adds a write into a tensor outside of the compute buffer: the KV cache.
  int write_outside(std::vector<int> sources);
  /// Appends `node` to the order of computation, after everything that it needs.
  void expand(int node);
  void set_kind(int node, NodeKind kind) { nodes_[static_cast<size_t>(node)].kind = kind; }
  void mark_output(int node) { nodes_[static_cast<size_t>(node)].output = true; }
  /// Makes a leaf a part of the graph although nothing reads it.
  void keep(int leaf) { leaves_.push_back(leaf); }

  uint64_t bytes(int node) const { return nodes_[static_cast<size_t>(node)].bytes; }
  uint64_t used_bytes(int node) const { return nodes_[static_cast<size_t>(node)].used_bytes; }
  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<int>& order() const { return order_; }
  const std::vector<int>& leaves() const { return leaves_; }

 private:
  int add(Node node);
  std::vector<Node> nodes_;
  std::vector<int> order_, leaves_;
};

}  // namespace weighin::llamacpp
