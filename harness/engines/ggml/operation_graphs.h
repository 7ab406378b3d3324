// llama.cpp's side of the comparison: graphs of its operations over given weights, and its threads.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/engines/ggml/library.h"
#include "kernels/problem/problem.h"
#include "kernels/threads/thread_pool.h"

namespace weighin {

/// A thread pool of the library, with as many threads as `beside` has, on the same processors. It sleeps
/// until it is woken, because its idle threads would spin for some 100 ms on the cores on which others are
/// timed.
class TheirThreads {
 public:
  TheirThreads(const Ggml& ggml, ThreadPool& beside);
  ~TheirThreads();
  TheirThreads(const TheirThreads&) = delete;
  TheirThreads& operator=(const TheirThreads&) = delete;

  /// Returns when the threads have had time to wake, and those of other pools to fall asleep.
  void wake();
  void rest();

 private:
  const Ggml& ggml_;
  GgmlThreadpool* pool_;
};

/// One operation over several sets of weights, ready to be computed. run() must be called from the thread
/// that made the TheirThreads, of which only one may exist at a time.
class TheirGraphs {
 public:
  ~TheirGraphs();
  TheirGraphs(const TheirGraphs&) = delete;
  TheirGraphs& operator=(const TheirGraphs&) = delete;

  /// Products of `problem` (gemv or gemm): of one x[n][k] with `matrices` matrices that follow each other in
  /// `weights`, as plain blocks. With `layout` nullptr the weights are read where they are. Otherwise a copy
  /// is made in a buffer of that type, on huge pages where the system gives them, which WeightPool asks for
  /// too. gemv has one graph of all products; gemm has a graph for each, and they are computed in turn.
  /// Error: the library has no kernel for it, or no memory.
  static tl::expected<std::unique_ptr<TheirGraphs>, std::string> products(const Ggml& ggml,
                                                                          const Problem& problem,
                                                                          std::span<const std::byte> weights,
                                                                          uint32_t matrices, const float* x,
                                                                          GgmlBufferType* layout);

  /// Attention of one token, q[heads][k], over `caches` f16 caches that follow each other in `weights`, each
  /// [kv_heads][keys, values][context][k]. It has one graph.
  static tl::expected<std::unique_ptr<TheirGraphs>, std::string> attention(const Ggml& ggml,
                                                                           const Problem& problem,
                                                                           std::span<const std::byte> weights,
                                                                           uint32_t caches, const float* q);

  /// Computes one graph.
  void run();
  /// Operations in a graph.
  uint32_t operations() const { return operations_; }
  /// `count` results of the first operation, [n][m] or [heads][k], after its last run.
  std::vector<float> results(size_t count) const;

 private:
  TheirGraphs(const Ggml& ggml, size_t tensors, size_t graphs);

  /// Puts `outputs` into graphs, `operations` into each, and allocates memory for them and the inputs.
  tl::expected<void, std::string> finish(const std::vector<GgmlTensor*>& outputs, uint32_t operations);

  const Ggml& ggml_;
  GgmlContext* weight_context_;
  GgmlContext* context_;
  GgmlBuffer* weight_buffer_ = nullptr;
  GgmlBuffer* buffer_ = nullptr;
  std::vector<GgmlGraph*> graphs_;
  size_t next_ = 0;
  uint32_t operations_ = 1;
  GgmlTensor* first_ = nullptr;
};

}  // namespace weighin
