// The forward pass of one token through all layers, composed of the kernels: the whole whose parts are
// measured.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "kernels/cpu/isa/ops_functions.h"
#include "kernels/forward/cache.h"
#include "kernels/forward/facts.h"
#include "kernels/forward/product_input.h"
#include "kernels/forward/weights.h"

namespace weighin {

/// Where a step's time goes, waiting for the slowest thread included.
enum class StepPart : uint8_t { matrices, attention, norms, rounding, activation, embedding, sampling };
inline constexpr size_t step_parts = 7;
std::string_view part_name(StepPart part);
using PartSeconds = std::array<double, step_parts>;

/// The best attention and small operations that `simd` can run.
const OpsFunctions& best_ops(const Simd& simd);

/// What all threads share. Each writes its own slice, and after they have met all read.
struct SharedVectors {
  Floats q, k, v;                            // [heads][head_dim], [kv_heads][head_dim]
  Floats states;                             // attention's, [part][heads][head_dim + 2]
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
  uint32_t likeliest = 0;                                   // token of this thread's rows of the output head
};

/// One sequence on one team of threads. The model, its weights and the team outlive it.
class ForwardPass {
 public:
  ForwardPass(const ModelShape& shape, const Facts& facts, const ForwardWeights& weights, KvCache cache,
              const Simd& simd, ThreadPool& pool);

  enum class Output : uint8_t { none, logits, sample };

  /// Computes `token` at the next position and adds it to the cache, which must have room for it. `none`:
  /// without the output head, as all but the last token of a prompt. `sample`: also the probabilities and
  /// which token is the likeliest.
  void step(uint32_t token, Output output);

  uint32_t position() const { return cache_.held; }
  uint32_t capacity() const { return cache_.capacity; }
  /// Of the last step that computed them, [vocab].
  std::span<const float> logits() const { return shared_.logits; }
  uint32_t likeliest() const { return likeliest_; }
  /// Of the last step, as thread 0 saw it.
  const PartSeconds& seconds() const { return seconds_; }

 private:
  void run_thread(uint32_t rank);
  void start(uint32_t rank);
  void attention_block(uint32_t rank, uint32_t layer);
  void attend(uint32_t rank, uint32_t layer);
  void prepare_query(uint32_t rank, uint32_t layer, uint64_t head);
  void store_key_and_value(uint32_t rank, uint32_t layer, uint64_t kv_head);
  void rotate(const OwnVectors& own, const Layer& layer, float* head) const;
  void join_parts(uint32_t layer, uint64_t head, uint32_t parts);
  void feed_forward_block(uint32_t rank, uint32_t layer);
  void head(uint32_t rank);
  void normalize(const float* x, std::span<const float> weight, float* y) const;
  void add_to_residual(uint32_t rank, const float* y, std::span<const float> after_norm);
  void round_for(uint32_t rank, std::initializer_list<const Product*> products);
  void multiply(uint32_t rank, const Product& product, Floats& y);
  void meet(uint32_t rank, StepPart part);
  void mark(uint32_t rank, StepPart part);

  const ModelShape& shape_;
  const Facts& facts_;
  const ForwardWeights& weights_;
  const OpsFunctions& ops_;
  ThreadPool& pool_;
  KvCache cache_;
  SharedVectors shared_;
  std::vector<OwnVectors> own_;
  std::function<void(uint32_t)> job_;
  uint32_t token_ = 0, likeliest_ = 0;
  Output output_ = Output::none;
  PartSeconds seconds_{};
  std::chrono::steady_clock::time_point last_;
};

}  // namespace weighin
