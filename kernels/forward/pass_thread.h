// What the threads of a forward pass share and have of their own, and what each does in every block.
#pragma once

#include <chrono>
#include <initializer_list>
#include <span>
#include <vector>

#include "kernels/cpu/isa/ops_functions.h"
#include "kernels/forward/cache.h"
#include "kernels/forward/facts.h"
#include "kernels/forward/product_input.h"
#include "kernels/forward/step_part.h"
#include "kernels/forward/weights.h"
#include "kernels/threads/thread_pool.h"

namespace weighin {

/// Vectors that all threads share. Each thread writes its own slice; after they have met, all read the whole.
struct SharedVectors {
  Floats q, k, v;                            // [heads][head_dim], [kv_heads][head_dim]
  Floats states;                             // attention's, [part of the context][heads][head_dim + 2]
  Floats attended;                           // [heads][head_dim]
  Floats from_attention, from_feed_forward;  // [width]
  Floats gate, up;                           // [ffn]; gate becomes the product's input
  Floats logits, probabilities;              // [vocab]
};

/// What each thread keeps for itself: the residual stream and what is made of it. Adding and normalizing
/// `width` values takes no longer than meeting would, so every thread does it whole.
struct OwnVectors {
  ProductInput input;
  Floats residual, normed;
  Floats cosines, sines, windowed_cosines, windowed_sines;  // [rotary_dim / 2], of the step's position
  uint32_t likeliest = 0;  // token among this thread's rows of the output head
};

/// A pass between and during its steps. The model, its weights and the team of threads outlive it.
struct PassState {
  const ModelShape& shape;
  const ForwardFacts& facts;
  const ForwardWeights& weights;
  const OpsFunctions& ops;
  ThreadPool& pool;
  KvCache cache;
  SharedVectors shared{};
  std::vector<OwnVectors> own{};                 // [thread]
  PartSeconds seconds{};                         // of the present or last step, as thread 0 saw it
  std::chrono::steady_clock::time_point last{};  // when thread 0 finished the last part
};

/// One thread in a step.
class PassThread {
 public:
  PassThread(PassState& state, uint32_t rank) : state_(state), rank_(rank) {}

  PassState& state() const { return state_; }
  OwnVectors& own() const { return state_.own[rank_]; }
  uint32_t rank() const { return rank_; }
  uint32_t threads() const { return state_.pool.threads(); }

  /// RMS normalization: y[] = x[] / root mean square * weight[]; y may be x.
  void normalize(const float* x, std::span<const float> weight, float* y) const;

  /// Adds y[width] to the residual stream, normalized where `after_norm` is not empty.
  void add_to_residual(const float* y, std::span<const float> after_norm) const;

  /// Rounds this thread's input to what each of `products` takes.
  void round_for(std::initializer_list<const Product*> products) const;

  /// Computes this thread's rows of `product` times its input, into y.
  void multiply(const Product& product, Floats& y) const;

  /// Waits until all threads have come here.
  void meet(StepPart part) const;

  /// Counts the time since the last part ended to `part`.
  void mark(StepPart part) const;

 private:
  PassState& state_;
  uint32_t rank_;
};

}  // namespace weighin
