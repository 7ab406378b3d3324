#include "kernels/forward/pass.h"

#include <algorithm>
#include <cmath>

#include "kernels/cpu/isa/instruction_sets.h"

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

std::string_view part_name(StepPart part) {
  constexpr std::array<std::string_view, step_parts> names{"matrices",   "attention", "norms",   "rounding",
                                                           "activation", "embedding", "sampling"};
  return names[static_cast<size_t>(part)];
}

const OpsFunctions& best_ops(const Simd& simd) {
  const OpsFunctions* best = &ops_scalar;
  for (const InstructionSet& set : instruction_sets()) {
    if (set.ops.attend != nullptr && runs(simd, set.isa)) best = &set.ops;
  }
  return *best;
}

ForwardPass::ForwardPass(const ModelShape& shape, const Facts& facts, const ForwardWeights& weights,
                         KvCache cache, const Simd& simd, ThreadPool& pool)
    : shape_(shape),
      facts_(facts),
      weights_(weights),
      ops_(best_ops(simd)),
      pool_(pool),
      cache_(std::move(cache)),
      job_([this](uint32_t rank) { run_thread(rank); }) {
  const auto head = [&](const Layer& layer) { return head_dim_of(shape, layer); };
  const uint32_t queries = largest_of(shape, [&](const Layer& l) { return l.heads * head(l); });
  const uint32_t keys = largest_of(shape, [&](const Layer& l) { return l.kv_heads * head(l); });
  const uint32_t ffn = largest_of(shape, [](const Layer& l) { return l.ffn_width; });
  const uint32_t states = largest_of(shape, [&](const Layer& l) { return l.heads * (head(l) + 2); });
  shared_.q.resize(queries);
  shared_.k.resize(keys);
  shared_.v.resize(keys);
  shared_.states.resize(uint64_t{states} * pool.threads());
  shared_.attended.resize(queries);
  shared_.from_attention.resize(shape.width);
  shared_.from_feed_forward.resize(shape.width);
  shared_.gate.resize(ffn);
  shared_.up.resize(ffn);
  shared_.logits.resize(shape.vocab);
  shared_.probabilities.resize(shape.vocab);
  for (uint32_t rank = 0; rank < pool.threads(); ++rank) {
    own_.push_back({.input = ProductInput(std::max({shape.width, queries, ffn})),
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
  seconds_ = {};
  last_ = std::chrono::steady_clock::now();
  pool_.run(job_);
  ++cache_.held;
}

/// A layer's blocks meet five times: after queries, keys and values; attention; its output's product; gate
/// and up; down.
void ForwardPass::run_thread(uint32_t rank) {
  start(rank);
  for (uint32_t layer = 0; layer < shape_.layers; ++layer) {
    attention_block(rank, layer);
    feed_forward_block(rank, layer);
  }
  if (output_ != Output::none) head(rank);
}

void ForwardPass::start(uint32_t rank) {
  OwnVectors& own = own_[rank];
  weights_.decode_embedding(weights_.embeddings + token_ * weights_.embedding_row_bytes, own.residual.data(),
                            shape_.width);
  if (facts_.embedding_scale != 1)
    for (float& value : own.residual) value *= facts_.embedding_scale;
  mark(rank, StepPart::embedding);
  turn(facts_.rotation, cache_.held, weights_.rope_factors, own.cosines, own.sines);
  if (shape_.window)
    turn(facts_.windowed_rotation, cache_.held, weights_.rope_factors, own.windowed_cosines,
         own.windowed_sines);
  mark(rank, StepPart::attention);
}

void ForwardPass::head(uint32_t rank) {
  OwnVectors& own = own_[rank];
  normalize(own.residual.data(), weights_.output_norm, own.normed.data());
  own.input.set(own.normed.data(), shape_.width);
  mark(rank, StepPart::norms);
  round_for(rank, {&weights_.output});
  multiply(rank, weights_.output, shared_.logits);
  float* logits = shared_.logits.data();
  const Slice mine = slice_of(shape_.vocab, rank, pool_.threads(), gemv_rows);
  if (facts_.logit_cap > 0)
    for (uint64_t i = mine.first; i < mine.last; ++i)
      logits[i] = facts_.logit_cap * std::tanh(logits[i] / facts_.logit_cap);
  own.likeliest = static_cast<uint32_t>(std::max_element(logits + mine.first, logits + mine.last) - logits);
  meet(rank, StepPart::matrices);
  if (output_ != Output::sample || rank != 0) return;
  // As engines' samplers do, though the likeliest token needs no probabilities.
  ops_.softmax(logits, nullptr, nullptr, shared_.probabilities.data(), shape_.vocab);
  likeliest_ = 0;
  for (const OwnVectors& each : own_)
    if (each.likeliest < shape_.vocab && logits[each.likeliest] > logits[likeliest_])
      likeliest_ = each.likeliest;
  mark(rank, StepPart::sampling);
}

void ForwardPass::normalize(const float* x, std::span<const float> weight, float* y) const {
  ops_.rms_norm(x, weight.data(), &facts_.epsilon, y, static_cast<uint32_t>(weight.size()));
}

void ForwardPass::add_to_residual(uint32_t rank, const float* y, std::span<const float> after_norm) {
  OwnVectors& own = own_[rank];
  if (!after_norm.empty()) {
    normalize(y, after_norm, own.normed.data());
    y = own.normed.data();
  }
  for (uint32_t i = 0; i < shape_.width; ++i) own.residual[i] += y[i];
}

void ForwardPass::round_for(uint32_t rank, std::initializer_list<const Product*> products) {
  for (const Product* product : products) own_[rank].input.round_for(*product);
  mark(rank, StepPart::rounding);
}

void ForwardPass::multiply(uint32_t rank, const Product& product, Floats& y) {
  const Slice mine = slice_of(product.rows, rank, pool_.threads(), gemv_rows);
  own_[rank].input.multiply(product, mine.first, mine.last, y.data());
}

void ForwardPass::meet(uint32_t rank, StepPart part) {
  pool_.barrier();
  mark(rank, part);
}

void ForwardPass::mark(uint32_t rank, StepPart part) {
  if (rank != 0) return;
  const auto now = std::chrono::steady_clock::now();
  seconds_[static_cast<size_t>(part)] += std::chrono::duration<double>(now - last_).count();
  last_ = now;
}

}  // namespace weighin
