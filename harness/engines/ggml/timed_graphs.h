// Operations of llama.cpp's library as its own graphs have them, ready to be timed: graphs of one problem
// again and again, long enough that the start of a graph does not count, each operation over other weights or
// another cache.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/engines/ggml/side.h"
#include "kernels/problem/problem.h"
#include "kernels/reference/check.h"

namespace weighin {

/// What graphs are made with.
struct GgmlBench {
  const GgmlSide& side;
  ActivationMemory& activations;
  LargeWeights& weights;
  uint64_t seed = 1;
};

/// Graphs of one problem.
class TimedGraphs {
 public:
  /// Makes `graphs` graphs of `problem`, each of `operations` operations. Error: the library has no kernel
  /// for it, or no memory.
  static tl::expected<std::unique_ptr<TimedGraphs>, std::string> make(const GgmlBench& bench,
                                                                      const Problem& problem, uint32_t graphs,
                                                                      uint32_t operations);

  /// Where the weights lie: the name of their buffer type; empty where there are none.
  const std::string& layout() const { return layout_; }
  uint32_t operations() const { return operations_; }
  size_t graphs() const { return graphs_.size(); }
  /// Computes graph number `graph`. false: the library failed.
  bool run(size_t graph) const;
  /// Compares results of the first operation of the first graph with the reference. The first graph must have
  /// been computed last.
  Check check() const { return check_(); }

 private:
  TimedGraphs(const GgmlBench& bench, size_t tensors, uint32_t graphs, uint32_t operations);

  using Made = tl::expected<void, std::string>;
  // attention() is in timed_attention.cc; rows(), embedding() and cache_write() are in timed_rows.cc.
  Made products(const Problem& problem);
  Made expert_products(const Problem& problem);
  Made attention(const Problem& problem);
  Made rows(const Problem& problem);
  Made embedding(const Problem& problem);
  Made cache_write(const Problem& problem);
  Made nodes();

  /// Makes the graphs: `operation(i)` adds operation number `i` of all, and returns its result.
  Made fill_graphs(const std::function<GgmlTensor*(uint32_t i)>& operation);
  /// Places `tensor` in a piece of activation memory of its own, or in `piece`.
  bool place(GgmlTensor* tensor, void* piece = nullptr);
  /// Two pieces of memory in turn, for results of `bytes` bytes.
  Made take_slots(uint64_t bytes);
  void* slot(uint32_t i) const { return slots_[i % 2]; }
  /// `values` in a tensor of their own.
  template <class T>
  GgmlTensor* input(GgmlTensor* tensor, const std::vector<T>& values);
  std::vector<float> results(const GgmlTensor* tensor, uint64_t count) const;

  GgmlBench bench_;
  const Ggml& ggml_;
  GgmlScope scope_;
  uint32_t graph_count_, operations_;
  std::vector<GgmlGraph*> graphs_;
  void* slots_[2] = {nullptr, nullptr};
  std::string layout_;
  std::function<Check()> check_ = [] { return exact_check(true); };
};

}  // namespace weighin
