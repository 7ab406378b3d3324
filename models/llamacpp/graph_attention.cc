#include "models/llamacpp/graph_attention.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace weighin::llamacpp {
namespace {

/// Adds scores, mask, softmax and the sum of values (build_attn_mha). `value_dim` is that of one head.
int add_heads(GraphBuilder& build, const Layer& layer, int q, int k, int v, uint64_t value_dim) {
  Graph& graph = build.graph;
  const bool window = layer.window && build.mask_window >= 0;
  const int mask = window ? build.mask_window : build.mask;
  const uint64_t values = layer.heads * value_dim;
  q = graph.view(graph.view(q));
  k = graph.view(k);
  v = graph.view(v);
  if (build.sizes.flash_attention) {
    if (build.shape.task == Task::encode) {
      // Without a KV cache keys and values are f32 and must be cast to f16.
      const uint64_t half = 2 * build.rows.planned, half_used = 2 * build.rows.used;
      const uint64_t kv = uint64_t{layer.kv_heads} * head_dim_of(build.shape, layer);
      k = graph.operation(kv * half, kv * half_used, {k});
      v = graph.operation(kv * half, kv * half_used, {v});
    }
    return graph.view(build.result_of(NodeKind::attention, values, {q, k, v, mask}));
  }
  const bool encoder = build.shape.task == Task::encode;
  const uint64_t seen = encoder  ? build.rows.planned
                        : window ? build.sizes.cached_window
                                 : build.sizes.cached;
  const uint64_t used = encoder ? build.rows.used : std::min(seen, uint64_t{build.sizes.used_cached});
  const uint64_t score = uint64_t{layer.heads} * 4;
  int scores = graph.operation(score * seen * build.rows.planned, score * used * build.rows.used, {k, q});
  scores = graph.operation(score * seen * build.rows.planned, score * used * build.rows.used, {scores, mask},
                           true);
  const int sums = build.result(values, {v, scores});
  return build.result(values, {graph.view(sums)});
}

/// Adds the write of keys, or of values, into the KV cache. Without flash attention values are cached
/// transposed, so each value has an index of its own.
int store(GraphBuilder& build, const Layer& layer, int values, bool value) {
  const bool window = layer.window && build.mask_window >= 0;
  const int indices = value    ? window ? build.value_indices_window : build.value_indices
                      : window ? build.indices_window
                               : build.indices;
  return build.graph.write_outside({build.graph.view(values), indices});
}

/// Adds the rotation of `of` where the KV cache is quantized: it holds keys and values rotated, so queries
/// are too.
int rotated(GraphBuilder& build, uint64_t values, int of, int rotation) {
  if (!build.sizes.rotated_cache) return of;
  return build.graph.view(build.result(values, {rotation, build.graph.view(of)}));
}

struct Heads {
  int q, k, v;
};

Heads project(GraphBuilder& build, uint64_t q, uint64_t kv, int cur) {
  Graph& graph = build.graph;
  const ModelShape& shape = build.shape;
  if (shape.fused_qkv) {
    int all = build.product(q + 2 * kv, cur);
    if (shape.bias_qkv) all = build.with_vector(q + 2 * kv, all);
    return {graph.view(all), graph.view(all), graph.view(all)};
  }
  const auto one = [&](uint64_t values) {
    int result = build.product(values, cur);
    if (shape.bias_qkv) result = build.with_vector(values, result);
    return result;
  };
  Heads heads{one(q), one(kv), one(kv)};
  if (shape.query_key_norm) {
    heads.q = build.norm(q, heads.q);
    heads.k = build.norm(kv, heads.k);
  }
  return {graph.view(heads.q), graph.view(heads.k), graph.view(heads.v)};
}

}  // namespace

int add_attention(GraphBuilder& build, const Layer& layer, int cur) {
  Graph& graph = build.graph;
  const ModelShape& shape = build.shape;
  const uint64_t head = head_dim_of(shape, layer), q = layer.heads * head, kv = layer.kv_heads * head;
  Heads heads = project(build, q, kv, cur);
  if (shape.head_norm) {
    heads.q = build.norm(q, heads.q);
    heads.k = build.norm(kv, heads.k);
  }
  const bool without_positions = build.order.rope_in_windows_only && layer.window == 0;
  if (shape.rope && !without_positions) {
    heads.q = build.result_of(NodeKind::rope, q, {heads.q, build.positions}, true);
    heads.k = build.result_of(NodeKind::rope, kv, {heads.k, build.positions}, true);
  }
  heads.q = rotated(build, q, heads.q, build.key_rotation);
  heads.k = rotated(build, kv, heads.k, build.key_rotation);
  heads.v = rotated(build, kv, heads.v, build.value_rotation);
  if (shape.window && shape.task != Task::encode) {
    for (const int part : {heads.q, heads.k, heads.v}) graph.expand(part);
  } else {
    for (const int part : {heads.q, heads.v, heads.k}) graph.expand(part);
  }
  int k = heads.k, v = heads.v;
  if (shape.task != Task::encode) {
    if (!layer.shares_cache) {
      graph.expand(store(build, layer, heads.k, false));
      graph.expand(store(build, layer, heads.v, true));
    }
    k = graph.outside();
    v = graph.outside();
  }
  int out = add_heads(build, layer, heads.q, k, v, head);
  out = rotated(build, q, out, build.value_rotation);
  graph.expand(out);
  out = build.product(shape.width, out);
  return shape.bias_attention_output ? build.with_vector(shape.width, out) : out;
}

int add_latent_attention(GraphBuilder& build, const Layer& layer, int cur) {
  Graph& graph = build.graph;
  const ModelShape& shape = build.shape;
  const uint64_t heads = layer.heads, latent = shape.kv_lora_rank, rope = shape.rope_dim;
  int q = cur;
  if (shape.q_lora_rank) q = build.norm(shape.q_lora_rank, build.product(shape.q_lora_rank, q));
  q = build.product(heads * (shape.head_dim + rope), q);
  const int kv = build.product(latent + rope, cur);
  const int q_rope = build.result_of(NodeKind::rope, heads * rope, {graph.view(q), build.positions});
  const int k_rope = build.result_of(NodeKind::rope, rope, {graph.view(kv), build.positions});
  const int compressed = build.norm(latent, graph.view(kv));
  const int absorbed =
      build.result_of(NodeKind::product, heads * latent, {graph.outside(), graph.view(graph.view(q))});
  const int query = build.result(heads * (latent + rope), {graph.view(absorbed), q_rope});
  const int value = graph.view(compressed);
  const int key = build.result(latent + rope, {value, k_rope});
  for (const int part : {query, value, key}) graph.expand(part);
  graph.expand(store(build, layer, key, false));
  int out = add_heads(build, layer, query, graph.outside(), graph.outside(), latent);
  if (build.sizes.flash_attention) {
    out = build.result_of(NodeKind::product, heads * shape.value_dim, {graph.outside(), graph.view(out)});
    out = build.result(heads * shape.value_dim, {graph.view(out)});
  }
  out = graph.view(out);
  graph.expand(out);
  return build.product(shape.width, out);
}

}  // namespace weighin::llamacpp
