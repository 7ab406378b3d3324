#include "kernels/forward/attention_block.h"

#include <algorithm>
#include <cmath>

namespace weighin {
namespace {

/// One token's context is cut between threads at multiples of this many tokens, as kernels/cpu/attention/
/// cuts it.
constexpr uint32_t part_grain = 16;

void rotate(const PassState& s, const OwnVectors& own, const Layer& layer, float* head) {
  const bool windowed = layer.window > 0;
  s.ops.rope(head, (windowed ? own.windowed_cosines : own.cosines).data(),
             (windowed ? own.windowed_sines : own.sines).data(), head, s.facts.rotary_dim);
}

void prepare_query(const PassThread& thread, uint32_t index, uint64_t head) {
  PassState& s = thread.state();
  const LayerWeights& w = s.weights.layers[index];
  const uint32_t head_dim = s.cache.layers[index].head_dim;
  float* q = &s.shared.q[head * head_dim];
  if (!w.q_norm.empty()) thread.normalize(q, w.q_norm, q);
  rotate(s, thread.own(), s.shape.per_layer[index], q);
  if (s.facts.query_scale == 1) return;
  for (uint32_t i = 0; i < head_dim; ++i) q[i] *= s.facts.query_scale;
}

void store_key_and_value(const PassThread& thread, uint32_t index, uint64_t kv_head) {
  PassState& s = thread.state();
  const LayerWeights& w = s.weights.layers[index];
  const LayerCache& cache = s.cache.layers[index];
  float* k = &s.shared.k[kv_head * cache.head_dim];
  if (!w.k_norm.empty()) thread.normalize(k, w.k_norm, k);
  rotate(s, thread.own(), s.shape.per_layer[index], k);
  const uint64_t at = s.cache.at(cache, kv_head, s.cache.held);
  store_halves(k, cache.keys + at, cache.head_dim);
  store_halves(&s.shared.v[kv_head * cache.head_dim], cache.values + at, cache.head_dim);
}

/// The values of `head` from the states of all parts of the context, each scaled down to the largest score of
/// all.
void join_parts(PassState& s, uint32_t index, uint64_t head, uint32_t parts) {
  const uint32_t head_dim = s.cache.layers[index].head_dim, heads = s.shape.per_layer[index].heads;
  const auto state = [&](uint64_t part) { return &s.shared.states[(part * heads + head) * (head_dim + 2)]; };
  float most = state(0)[0], total = 0;
  for (uint32_t part = 1; part < parts; ++part) most = std::max(most, state(part)[0]);
  float* y = &s.shared.attended[head * head_dim];
  std::fill(y, y + head_dim, 0.0F);
  for (uint32_t part = 0; part < parts; ++part) {
    const float* one = state(part);
    const float shrink = std::exp(one[0] - most);
    total += one[1] * shrink;
    for (uint32_t i = 0; i < head_dim; ++i) y[i] += one[2 + i] * shrink;
  }
  for (uint32_t i = 0; i < head_dim; ++i) y[i] /= total;
}

/// Where the KV heads divide evenly among the threads, each thread takes some of them with their query heads.
/// Otherwise each takes a part of the context for every head, and the parts' states are then joined.
void attend(const PassThread& thread, uint32_t index) {
  PassState& s = thread.state();
  const Layer& layer = s.shape.per_layer[index];
  const LayerCache& cache = s.cache.layers[index];
  const uint32_t threads = thread.threads(), rank = thread.rank(), head_dim = cache.head_dim;
  const uint32_t group = layer.heads / layer.kv_heads;
  const bool split = layer.kv_heads % threads != 0;
  const Slice kv_heads = slice_of(layer.kv_heads, rank, threads);
  const Slice heads =
      split ? slice_of(layer.heads, rank, threads) : Slice{kv_heads.first * group, kv_heads.last * group};
  for (uint64_t head = heads.first; head < heads.last; ++head) prepare_query(thread, index, head);
  for (uint64_t head = kv_heads.first; head < kv_heads.last; ++head) store_key_and_value(thread, index, head);
  if (split) s.pool.barrier();

  const uint32_t held = s.cache.held + 1, seen = layer.window ? std::min(layer.window, held) : held;
  const Slice part = split ? slice_of(seen, rank, threads, part_grain) : Slice{0, seen};
  const Slice mine = split ? Slice{0, layer.kv_heads} : kv_heads;
  float* states = &s.shared.states[split ? uint64_t{rank} * layer.heads * (head_dim + 2) : 0];
  for (uint64_t kv_head = mine.first; kv_head < mine.last; ++kv_head) {
    const uint64_t at = s.cache.at(cache, kv_head, held - seen + part.first), head = kv_head * group;
    s.ops.attend(&s.shared.q[head * head_dim], group, cache.keys + at, cache.values + at,
                 static_cast<uint32_t>(part.last - part.first), head_dim, states + head * (head_dim + 2));
  }
  if (split) s.pool.barrier();
  for (uint64_t head = heads.first; head < heads.last; ++head)
    join_parts(s, index, head, split ? threads : 1);
}

}  // namespace

void attention_block(const PassThread& thread, uint32_t layer) {
  PassState& s = thread.state();
  const LayerWeights& w = s.weights.layers[layer];
  OwnVectors& own = thread.own();
  thread.normalize(own.residual.data(), w.attn_norm, own.normed.data());
  own.input.set(own.normed.data(), s.shape.width);
  thread.mark(StepPart::norms);
  thread.round_for({&w.q, &w.k, &w.v});
  thread.multiply(w.q, s.shared.q);
  thread.multiply(w.k, s.shared.k);
  thread.multiply(w.v, s.shared.v);
  thread.meet(StepPart::matrices);

  attend(thread, layer);
  thread.meet(StepPart::attention);

  own.input.set(s.shared.attended.data(), w.attn_output.cols);
  thread.round_for({&w.attn_output});
  thread.multiply(w.attn_output, s.shared.from_attention);
  thread.meet(StepPart::matrices);

  thread.add_to_residual(s.shared.from_attention.data(), w.after_attention_norm);
  thread.mark(StepPart::norms);
}

}  // namespace weighin
