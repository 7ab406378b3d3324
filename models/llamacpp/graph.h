// The computation graph that llama.cpp makes of a model, as far as memory sees it: which tensors are alive
// when.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weighin::llamacpp {

/// One tensor of the graph.
struct Node {
  uint64_t bytes = 0;       // of a micro-batch of the planned size
  uint64_t used_bytes = 0;  // of the batch that is really computed, which may be smaller
  std::vector<int> sources{};
  int view_of = -1;       // the tensor whose bytes it shares
  bool own = true;        // lies in the compute buffer; false: weights, KV cache
  bool in_place = false;  // its operation may write over a source (ggml_op_can_inplace)
  bool input = false;     // filled before the graph runs
  bool output = false;    // read after the graph has run: never reused
  bool placed = false;    // already in the order of computation
};

/// A graph in the order of computation, made as ggml_build_forward_expand makes it: sources before what reads
/// them, from left to right.
class Graph {
 public:
  /// A tensor that lives elsewhere: weights, the KV cache.
  int outside();
  /// Filled before the graph runs.
  int input(uint64_t bytes, uint64_t used_bytes);
  /// The result of an operation on `sources`.
  int operation(uint64_t bytes, uint64_t used_bytes, std::vector<int> sources, bool in_place = false);
  /// The same bytes seen otherwise.
  int view(int of);
  /// A write into a tensor that lives elsewhere: the KV cache.
  int write_outside(std::vector<int> sources);
  /// Puts `node` and what it needs next in the order.
  void expand(int node);
  void mark_output(int node) { nodes_[static_cast<size_t>(node)].output = true; }
  /// Makes a leaf part of the graph although nothing reads it.
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

/// What the graph's allocator makes of it.
struct Allocation {
  uint64_t bytes = 0;          // of the compute buffer
  uint64_t touched_bytes = 0;  // of it, those that computing the used sizes writes
  uint64_t largest_bytes = 0;  // single tensor
};

/// Allots as ggml's graph allocator does (ggml/src/ggml-alloc.c, llama.cpp v0.5.0): best fit among freed
/// blocks, results over a source that nothing else reads, views counted with their source; `alignment` 32
/// bytes on the CPU.
Allocation allocate(const Graph& graph, uint64_t alignment = 32);

}  // namespace weighin::llamacpp
