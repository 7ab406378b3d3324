// The forward pass of one token through all layers, composed of the kernels. Its time is compared with the
// sum of the times that its parts take when they are measured one by one.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "kernels/forward/pass_thread.h"

namespace weighin {

/// The best attention and small operations that a CPU with the features `simd` can run.
const OpsFunctions& best_ops(const Simd& simd);

/// One sequence on one team of threads. The model, its weights and the team outlive it.
class ForwardPass {
 public:
  ForwardPass(const ModelShape& shape, const ForwardFacts& facts, const ForwardWeights& weights,
              KvCache cache, const Simd& simd, ThreadPool& pool);
  ForwardPass(const ForwardPass&) = delete;
  ForwardPass& operator=(const ForwardPass&) = delete;

  enum class Output : uint8_t {
    none,    // the output head is not computed: for all but the last token of a prompt
    logits,  // the output head
    sample,  // the output head, the probabilities, and which token is the likeliest
  };

  /// Computes `token` at the next position and adds it to the cache, which must have room for it.
  void step(uint32_t token, Output output);

  uint32_t position() const { return state_.cache.held; }
  uint32_t capacity() const { return state_.cache.capacity; }
  /// Of the last step that computed them, [vocab].
  std::span<const float> logits() const { return state_.shared.logits; }
  uint32_t likeliest() const { return likeliest_; }
  /// Of the last step, as thread 0 saw it.
  const PartSeconds& seconds() const { return state_.seconds; }

 private:
  void run_thread(uint32_t rank);
  void embed(const PassThread& thread);
  void compute_head(const PassThread& thread);

  PassState state_;
  std::function<void(uint32_t)> job_;
  uint32_t token_ = 0, likeliest_ = 0;
  Output output_ = Output::none;
};

}  // namespace weighin
