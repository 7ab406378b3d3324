#include "models/llamacpp/graph_state_space.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace weighin::llamacpp {
namespace {

/// The kept values of a convolution's window followed by those of the new tokens, by channel.
int with_window(GraphBuilder& build, uint64_t channels, int kept, int input) {
  const uint64_t before = build.shape.state_space.kernel - 1;
  const auto bytes = [&](uint64_t tokens) {
    return (before * build.sizes.sequences + tokens) * channels * 4;
  };
  return build.graph.operation(bytes(build.rows.planned), bytes(build.rows.used), {kept, input});
}

/// The rows of the kept states that belong to the batch's sequences.
int state_rows(GraphBuilder& build, uint64_t values) {
  const uint64_t bytes = values * 4 * build.sizes.sequences;
  const int rows = build.graph.operation(bytes, bytes, {build.graph.outside(), build.positions});
  build.graph.expand(rows);
  return rows;
}

/// A convolution over `channels` of the product `input`, with its bias and SiLU where `active` is set.
int convolved(GraphBuilder& build, uint64_t channels, int input, bool active) {
  Graph& graph = build.graph;
  const int kept = state_rows(build, channels * (build.shape.state_space.kernel - 1));
  const int all = with_window(build, channels, kept, graph.view(input));
  graph.expand(graph.write_outside({graph.view(all)}));
  int cur = build.result(channels, {all, graph.outside()});
  if (!active) return cur;
  cur = build.with_vector(channels, cur);
  return build.result(channels, {cur}, true);
}

/// The scan. Its result holds the outputs and, after them, the new states.
int scanned(GraphBuilder& build, uint64_t states, std::vector<int> sources) {
  const uint64_t inner = build.shape.state_space.inner;
  const uint64_t left = states * build.sizes.sequences;
  const int scan = build.graph.operation((inner * build.rows.planned + left) * 4,
                                         (inner * build.rows.used + left) * 4, std::move(sources));
  build.graph.expand(build.graph.write_outside({build.graph.view(scan)}));
  return build.graph.view(scan);
}

/// Adds the skipped input to the scan's output and multiplies with the gate.
int gated(GraphBuilder& build, int scan, int x, int z) {
  const uint64_t inner = build.shape.state_space.inner;
  const int passed = build.result(inner, {x, build.graph.outside()}, true);
  const int y = build.result(inner, {scan, passed}, true);
  return build.result(inner, {build.result(inner, {build.graph.view(z)}), y});
}

int add_mamba(GraphBuilder& build, int cur) {
  const StateSpace& s = build.shape.state_space;
  const int all = build.product(2 * uint64_t{s.inner}, cur);
  const int x = convolved(build, s.inner, all, true);
  const int parts = build.product(s.dt_rank + 2 * uint64_t{s.state}, x);
  const int dt = build.with_vector(s.inner, build.product(s.inner, build.graph.view(parts)));
  const int states = build.graph.outside();
  const int scan = scanned(build, uint64_t{s.state} * s.inner, {states, x, dt, build.graph.view(parts)});
  return build.product(build.shape.width, gated(build, scan, x, all));
}

int add_mamba2(GraphBuilder& build, int cur) {
  const StateSpace& s = build.shape.state_space;
  const uint64_t mixed = s.inner + 2 * uint64_t{s.groups} * s.state;
  const int all = build.product(s.inner + mixed + s.heads, cur);
  const int x = convolved(build, mixed, all, true);
  const int dt = build.result(s.heads, {build.graph.view(all), build.graph.outside()});
  const int scan =
      scanned(build, uint64_t{s.state} * s.inner, {build.graph.outside(), build.graph.view(x), dt, x});
  const int y = gated(build, scan, build.graph.view(x), all);
  return build.product(build.shape.width, build.norm(s.inner, build.graph.view(y)));
}

int add_short_convolution(GraphBuilder& build, int cur) {
  const uint64_t width = build.shape.width;
  const int all = build.product(3 * width, cur);
  const int input = build.result(width, {build.graph.view(all), build.graph.view(all)});
  const int kept = convolved(build, width, input, false);
  const int y = build.result(width, {build.graph.view(all), kept});
  return build.product(width, y);
}

}  // namespace

int add_state_space(GraphBuilder& build, const Layer& layer, int cur) {
  switch (layer.mixer) {
    case Mixer::mamba:
      return add_mamba(build, cur);
    case Mixer::short_convolution:
      return add_short_convolution(build, cur);
    default:  // gated delta nets compute in chunks of their own; their memory is taken to be that of Mamba 2
      return add_mamba2(build, cur);
  }
}

}  // namespace weighin::llamacpp
