// The attention block: queries, keys and values, the cache, attention over it, and the output's product.
#include <algorithm>
#include <cmath>

#include "kernels/forward/pass.h"

namespace weighin {
namespace {

/// One token's context is cut between threads at multiples of so many tokens, as
/// kernels/cpu/attention/attention.cc cuts it.
constexpr uint32_t part_grain = 16;

}  // namespace

void ForwardPass::attention_block(uint32_t rank, uint32_t layer) {
  const LayerWeights& w = weights_.layers[layer];
  OwnVectors& own = own_[rank];
  normalize(own.residual.data(), w.attn_norm, own.normed.data());
  own.input.set(own.normed.data(), shape_.width);
  mark(rank, StepPart::norms);
  round_for(rank, {&w.q, &w.k, &w.v});
  multiply(rank, w.q, shared_.q);
  multiply(rank, w.k, shared_.k);
  multiply(rank, w.v, shared_.v);
  meet(rank, StepPart::matrices);

  attend(rank, layer);
  meet(rank, StepPart::attention);

  own.input.set(shared_.attended.data(), w.attn_output.cols);
  round_for(rank, {&w.attn_output});
  multiply(rank, w.attn_output, shared_.from_attention);
  meet(rank, StepPart::matrices);

  add_to_residual(rank, shared_.from_attention.data(), w.after_attention_norm);
  mark(rank, StepPart::norms);
}

/// Each thread has KV heads of its own with their query heads where they divide evenly; else a part of the
/// context for every head, whose states are then joined.
void ForwardPass::attend(uint32_t rank, uint32_t index) {
  const Layer& layer = shape_.per_layer[index];
  const LayerCache& cache = cache_.layers[index];
  const uint32_t threads = pool_.threads(), head_dim = cache.head_dim, group = layer.heads / layer.kv_heads;
  const bool split = layer.kv_heads % threads != 0;
  const Slice kv_heads = slice_of(layer.kv_heads, rank, threads);
  const Slice heads =
      split ? slice_of(layer.heads, rank, threads) : Slice{kv_heads.first * group, kv_heads.last * group};
  for (uint64_t head = heads.first; head < heads.last; ++head) prepare_query(rank, index, head);
  for (uint64_t head = kv_heads.first; head < kv_heads.last; ++head) store_key_and_value(rank, index, head);
  if (split) pool_.barrier();

  const uint32_t held = cache_.held + 1, seen = layer.window ? std::min(layer.window, held) : held;
  const Slice part = split ? slice_of(seen, rank, threads, part_grain) : Slice{0, seen};
  const Slice mine = split ? Slice{0, layer.kv_heads} : kv_heads;
  float* states = &shared_.states[split ? uint64_t{rank} * layer.heads * (head_dim + 2) : 0];
  for (uint64_t kv_head = mine.first; kv_head < mine.last; ++kv_head) {
    const uint64_t at = cache_.at(cache, kv_head, held - seen + part.first), head = kv_head * group;
    ops_.attend(&shared_.q[head * head_dim], group, cache.keys + at, cache.values + at,
                static_cast<uint32_t>(part.last - part.first), head_dim, states + head * (head_dim + 2));
  }
  if (split) pool_.barrier();
  for (uint64_t head = heads.first; head < heads.last; ++head) join_parts(index, head, split ? threads : 1);
}

void ForwardPass::prepare_query(uint32_t rank, uint32_t index, uint64_t head) {
  const LayerWeights& w = weights_.layers[index];
  const uint32_t head_dim = cache_.layers[index].head_dim;
  float* q = &shared_.q[head * head_dim];
  if (!w.q_norm.empty()) normalize(q, w.q_norm, q);
  rotate(own_[rank], shape_.per_layer[index], q);
  if (facts_.query_scale == 1) return;
  for (uint32_t i = 0; i < head_dim; ++i) q[i] *= facts_.query_scale;
}

void ForwardPass::store_key_and_value(uint32_t rank, uint32_t index, uint64_t kv_head) {
  const LayerWeights& w = weights_.layers[index];
  const LayerCache& cache = cache_.layers[index];
  float* k = &shared_.k[kv_head * cache.head_dim];
  if (!w.k_norm.empty()) normalize(k, w.k_norm, k);
  rotate(own_[rank], shape_.per_layer[index], k);
  const uint64_t at = cache_.at(cache, kv_head, cache_.held);
  store_halves(k, cache.keys + at, cache.head_dim);
  store_halves(&shared_.v[kv_head * cache.head_dim], cache.values + at, cache.head_dim);
}

void ForwardPass::rotate(const OwnVectors& own, const Layer& layer, float* head) const {
  const bool windowed = layer.window > 0;
  ops_.rope(head, (windowed ? own.windowed_cosines : own.cosines).data(),
            (windowed ? own.windowed_sines : own.sines).data(), head, facts_.rotary_dim);
}

/// The values of `head` from the states of all parts, each shrunk to the largest score of all.
void ForwardPass::join_parts(uint32_t index, uint64_t head, uint32_t parts) {
  const uint32_t head_dim = cache_.layers[index].head_dim, heads = shape_.per_layer[index].heads;
  const auto state = [&](uint64_t part) { return &shared_.states[(part * heads + head) * (head_dim + 2)]; };
  float most = state(0)[0], total = 0;
  for (uint32_t part = 1; part < parts; ++part) most = std::max(most, state(part)[0]);
  float* y = &shared_.attended[head * head_dim];
  std::fill(y, y + head_dim, 0.0F);
  for (uint32_t part = 0; part < parts; ++part) {
    const float* one = state(part);
    const float shrink = std::exp(one[0] - most);
    total += one[1] * shrink;
    for (uint32_t i = 0; i < head_dim; ++i) y[i] += one[2 + i] * shrink;
  }
  for (uint32_t i = 0; i < head_dim; ++i) y[i] /= total;
}

}  // namespace weighin
