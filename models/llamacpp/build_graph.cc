#include "models/llamacpp/build_graph.h"

#include <algorithm>
#include <utility>

#include "models/llamacpp/graph_attention.h"
#include "models/llamacpp/graph_builder.h"
#include "models/llamacpp/graph_feed_forward.h"
#include "models/llamacpp/graph_state_space.h"

namespace weighin::llamacpp {
namespace {

int make_mask(GraphBuilder& build, uint64_t cells, uint64_t used) {
  const uint64_t value = build.sizes.flash_attention ? 2 : 4;
  return build.graph.input(value * cells * build.rows.planned, value * used * build.rows.used);
}

/// Values of one token in the KV cache of the widest layer.
uint64_t kv_width(const ModelShape& shape) {
  uint64_t most = 0;
  for (const Layer& layer : shape.per_layer) most = std::max<uint64_t>(most, layer.kv_heads);
  return most * (shape.value_dim ? shape.value_dim : shape.head_dim);
}

/// Adds the inputs that every graph has. The input of vectors is allocated although tokens are given instead.
int add_inputs(GraphBuilder& build) {
  Graph& graph = build.graph;
  const ModelShape& shape = build.shape;
  const GraphSizes& sizes = build.sizes;
  const auto ids = [&](uint64_t size) {
    return graph.input(size * build.rows.planned, size * build.rows.used);
  };
  const uint64_t width = shape.embedding_width ? shape.embedding_width : shape.width;
  const int tokens = ids(4);
  graph.keep(graph.input(width * 4 * build.rows.planned, 0));
  build.positions = ids(4);
  build.out_ids = graph.input(4 * build.rows.planned, 4 * sizes.used_outputs);
  build.indices = ids(8);
  build.value_indices = sizes.flash_attention ? ids(8) : ids(8 * kv_width(shape));
  if (shape.task == Task::encode) {
    build.mask = make_mask(build, build.rows.planned, build.rows.used);
  } else {
    build.mask = make_mask(build, sizes.cached, sizes.used_cached);
    if (sizes.cached_window) {
      build.indices_window = ids(8);
      build.value_indices_window = sizes.flash_attention ? ids(8) : ids(8 * kv_width(shape));
      build.mask_window =
          make_mask(build, sizes.cached_window, std::min(sizes.cached_window, sizes.used_cached));
    }
  }
  if (sizes.rotated_cache) {
    // Hadamard matrices: 128 x 128 at most for keys, 64 x 64 for values, as the engine's buffers show.
    const auto square = [&](uint64_t n) { return graph.input(n * n * 4, n * n * 4); };
    build.key_rotation = square(shape.head_dim >= 128 ? 128 : 64);
    build.value_rotation = square(64);
  }
  return tokens;
}

int add_embeddings(GraphBuilder& build, int tokens) {
  const ModelShape& shape = build.shape;
  const uint64_t width = shape.embedding_width ? shape.embedding_width : shape.width;
  int cur = build.result_of(NodeKind::look_up, width, {build.graph.outside(), tokens});
  build.graph.expand(cur);
  if (shape.token_types) cur = build.with_vector(width, cur);
  if (shape.positions)
    cur = build.sum(width, cur,
                    build.result_of(NodeKind::look_up, width, {build.graph.outside(), build.positions}));
  if (shape.embedding_norm) cur = build.norm(width, cur);
  return width == shape.width ? cur : build.product(shape.width, cur);
}

/// Adds the mixer of `layer`.
int add_mixer(GraphBuilder& build, const Layer& layer, int cur) {
  switch (layer.mixer) {
    case Mixer::attention:
      return add_attention(build, layer, cur);
    case Mixer::latent_attention:
      return add_latent_attention(build, layer, cur);
    case Mixer::none:
      return cur;
    default:
      break;
  }
  const int state = add_state_space(build, layer, cur);
  return layer.attention_too ? build.sum(build.shape.width, state, add_attention(build, layer, cur)) : state;
}

/// Keeps the tokens whose logits are asked for. The others end after the last layer's attention.
int picked(GraphBuilder& build, int cur) {
  return build.result_of(NodeKind::look_up, build.shape.width, {cur, build.out_ids});
}

int add_layer(GraphBuilder& build, const Layer& layer, bool last, int input) {
  const ModelShape& shape = build.shape;
  const uint64_t width = shape.width;
  const NormPlace place = shape.norm_place;
  const bool weighted = place != NormPlace::none;
  const bool before = place != NormPlace::after;
  const int normed = before ? build.norm(width, input, weighted) : input;
  int cur = add_mixer(build, layer, normed);
  const bool parallel = place == NormPlace::parallel || place == NormPlace::parallel_2;
  int parallel_input = normed;
  if (place == NormPlace::parallel_2) parallel_input = build.norm(width, input);
  if (last && !build.order.picks_at_the_end) {
    build.rows = {build.rows.planned, build.sizes.used_outputs};
    cur = picked(build, cur);
    input = picked(build, input);
    if (parallel) parallel_input = picked(build, parallel_input);
  }
  if (parallel) {
    const int fed = add_feed_forward(build, layer, parallel_input);
    return build.order.feed_forward_first ? build.sum(width, build.sum(width, fed, input), cur)
                                          : build.sum(width, build.sum(width, cur, fed), input);
  }
  const bool encoder = shape.task == Task::encode;
  if (place == NormPlace::around || (place == NormPlace::after && !encoder)) cur = build.norm(width, cur);
  int residual = build.sum(width, cur, input);
  if (place == NormPlace::after && encoder) residual = build.norm(width, residual);
  if (layer.feed_forward == FeedForward::none) return residual;
  cur = before ? build.norm(width, residual, weighted) : residual;
  cur = add_feed_forward(build, layer, cur);
  if (place == NormPlace::around || (place == NormPlace::after && !encoder)) cur = build.norm(width, cur);
  cur = build.order.sums_onto_residual ? build.sum(width, residual, cur) : build.sum(width, cur, residual);
  return place == NormPlace::after && encoder ? build.norm(width, cur) : cur;
}

}  // namespace

Graph build_graph(const ModelShape& shape, const GraphSizes& sizes) {
  GraphBuilder build(shape, sizes);
  int cur = add_embeddings(build, add_inputs(build));
  for (size_t i = 0; i < shape.per_layer.size(); ++i)
    cur = add_layer(build, shape.per_layer[i], i + 1 == shape.per_layer.size(), cur);
  if (build.order.picks_at_the_end) {
    build.rows.used = sizes.used_outputs;
    cur = picked(build, cur);
  }
  if (shape.final_norm) cur = build.norm(shape.width, cur);
  build.graph.mark_output(cur);
  if (shape.task != Task::encode && shape.head) {
    cur = build.product(shape.vocab, cur);
    build.graph.mark_output(cur);
  }
  build.graph.expand(cur);
  return std::move(build.graph);
}

}  // namespace weighin::llamacpp
