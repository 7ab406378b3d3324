#include "models/llamacpp/graph.h"

#include <utility>

namespace weighin::llamacpp {

int Graph::add(Node node) {
  nodes_.push_back(std::move(node));
  return static_cast<int>(nodes_.size()) - 1;
}

int Graph::outside() {
  return add({.own = false});
}

int Graph::input(uint64_t bytes, uint64_t used_bytes) {
  return add({.bytes = bytes, .used_bytes = used_bytes, .input = true});
}

int Graph::operation(uint64_t bytes, uint64_t used_bytes, std::vector<int> sources, bool in_place) {
  return add({.bytes = bytes,
              .used_bytes = used_bytes,
              .sources = std::move(sources),
              .in_place = in_place,
              .kind = NodeKind::sum});
}

int Graph::view(int of) {
  const Node& seen = nodes_[static_cast<size_t>(of)];
  const int source = seen.view_of >= 0 ? seen.view_of : of;
  return add({.bytes = seen.bytes,
              .used_bytes = seen.used_bytes,
              .sources = {of},
              .view_of = source,
              .own = nodes_[static_cast<size_t>(source)].own});
}

int Graph::write_outside(std::vector<int> sources) {
  const int cache = outside();
  sources.push_back(cache);
  return add({.sources = std::move(sources), .view_of = cache, .own = false, .kind = NodeKind::cache_write});
}

void Graph::expand(int node) {
  Node& here = nodes_[static_cast<size_t>(node)];
  if (here.placed) return;
  here.placed = true;
  for (const int source : here.sources) expand(source);
  if (here.sources.empty()) {
    if (here.own) leaves_.push_back(node);
  } else {
    order_.push_back(node);
  }
}

}  // namespace weighin::llamacpp
