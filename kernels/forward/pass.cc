#include "kernels/forward/pass.h"

#include <algorithm>
#include <cmath>

#include "kernels/cpu/isa/instruction_sets.h"
#include "kernels/forward/attention_block.h"
#include "kernels/forward/feed_forward_block.h"

namespace weighin {
namespace {

uint32_t largest_of(const ModelShape& shape, auto of_layer) {
  uint32_t most = 0;
  for (const Layer& layer : shape.per_layer) most = std::max<uint32_t>(most, of_layer(layer));
  return most;
}

/// The angles of a position, as cosines and sines of each pair.
void turn(const Rotation& rotation, uint32_t position, std::span<const float> factors, Floats& cosines,
          Floats& sines) {
  const size_t pairs = cosines.size();
  for (size_t i = 0; i < pairs; ++i) {
    const double exponent = static_cast<double>(i) / static_cast<double>(pairs);
    double angle =
        position * static_cast<double>(rotation.scale) * std::pow(double{rotation.base}, -exponent);
    if (!factors.empty()) angle /= static_cast<double>(factors[i]);
    cosines[i] = static_cast<float>(std::cos(angle));
    sines[i] = static_cast<float>(std::sin(angle));
  }
}

}  // namespace

const OpsFunctions& best_ops(const Simd& simd) {
  const OpsFunctions* best = &instruction_sets().front().ops;
  for (const InstructionSet& set : instruction_sets()) {
    if (set.ops.attend != nullptr && runs(simd, set.isa)) best = &set.ops;
  }
  return *best;
}

ForwardPass::ForwardPass(const ModelShape& shape, const ForwardFacts& facts, const ForwardWeights& weights,
                         KvCache cache, const Simd& simd, ThreadPool& pool)
    : state_{.shape = shape,
             .facts = facts,
             .weights = weights,
             .ops = best_ops(simd),
             .pool = pool,
             .cache = std::move(cache)},
      job_([this](uint32_t rank) { run_thread(rank); }) {
  const auto head = [&](const Layer& layer) { return head_dim_of(shape, layer); };
  const uint32_t queries = largest_of(shape, [&](const Layer& l) { return l.heads * head(l); });
  const uint32_t keys = largest_of(shape, [&](const Layer& l) { return l.kv_heads * head(l); });
  const uint32_t ffn = largest_of(shape, [](const Layer& l) { return l.ffn_width; });
  const uint32_t states = largest_of(shape, [&](const Layer& l) { return l.heads * (head(l) + 2); });
  SharedVectors& shared = state_.shared;
  shared.q.resize(queries);
  shared.k.resize(keys);
  shared.v.resize(keys);
  shared.states.resize(uint64_t{states} * pool.threads());
  shared.attended.resize(queries);
  shared.from_attention.resize(shape.width);
  shared.from_feed_forward.resize(shape.width);
  shared.gate.resize(ffn);
  shared.up.resize(ffn);
  shared.logits.resize(shape.vocab);
  shared.probabilities.resize(shape.vocab);
  for (uint32_t rank = 0; rank < pool.threads(); ++rank) {
    state_.own.push_back({.input = ProductInput(std::max({shape.width, queries, ffn})),
                          .residual = Floats(shape.width),
                          .normed = Floats(shape.width),
                          .cosines = Floats(facts.rotary_dim / 2),
                          .sines = Floats(facts.rotary_dim / 2),
                          .windowed_cosines = Floats(facts.rotary_dim / 2),
                          .windowed_sines = Floats(facts.rotary_dim / 2),
                          .likeliest = 0});
  }
}

void ForwardPass::step(uint32_t token, Output output) {
  token_ = token;
  output_ = output;
  state_.seconds = {};
  state_.last = std::chrono::steady_clock::now();
  state_.pool.run(job_);
  ++state_.cache.held;
}

void ForwardPass::run_thread(uint32_t rank) {
  const PassThread thread(state_, rank);
  embed(thread);
  for (uint32_t layer = 0; layer < state_.shape.layers; ++layer) {
    attention_block(thread, layer);
    feed_forward_block(thread, layer);
  }
  if (output_ != Output::none) compute_head(thread);
}

/// The embedding of the token, and the angles of its position.
void ForwardPass::embed(const PassThread& thread) {
  OwnVectors& own = thread.own();
  const ForwardWeights& weights = state_.weights;
  const ForwardFacts& facts = state_.facts;
  weights.decode_embedding(weights.embeddings + token_ * weights.embedding_row_bytes, own.residual.data(),
                           state_.shape.width);
  if (facts.embedding_scale != 1)
    for (float& value : own.residual) value *= facts.embedding_scale;
  thread.mark(StepPart::embedding);
  const uint32_t position = state_.cache.held;
  turn(facts.rotation, position, weights.rope_factors, own.cosines, own.sines);
  if (state_.shape.window)
    turn(facts.windowed_rotation, position, weights.rope_factors, own.windowed_cosines, own.windowed_sines);
  thread.mark(StepPart::attention);
}

void ForwardPass::compute_head(const PassThread& thread) {
  OwnVectors& own = thread.own();
  const ForwardWeights& weights = state_.weights;
  thread.normalize(own.residual.data(), weights.output_norm, own.normed.data());
  own.input.set(own.normed.data(), state_.shape.width);
  thread.mark(StepPart::norms);
  thread.round_for({&weights.output});
  thread.multiply(weights.output, state_.shared.logits);
  float* logits = state_.shared.logits.data();
  const float cap = state_.facts.logit_cap;
  const Slice mine = slice_of(state_.shape.vocab, thread.rank(), thread.threads(), gemv_rows);
  if (cap > 0)
    for (uint64_t i = mine.first; i < mine.last; ++i) logits[i] = cap * std::tanh(logits[i] / cap);
  own.likeliest = static_cast<uint32_t>(std::max_element(logits + mine.first, logits + mine.last) - logits);
  thread.meet(StepPart::matrices);
  if (output_ != Output::sample || thread.rank() != 0) return;
  // The probabilities are computed as samplers of engines do, though the likeliest token could be found
  // without them.
  state_.ops.softmax(logits, nullptr, nullptr, state_.shared.probabilities.data(), state_.shape.vocab);
  likeliest_ = 0;
  for (const OwnVectors& each : state_.own)
    if (each.likeliest < state_.shape.vocab && logits[each.likeliest] > logits[likeliest_])
      likeliest_ = each.likeliest;
  thread.mark(StepPart::sampling);
}

}  // namespace weighin
