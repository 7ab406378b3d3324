// Where an architecture's graph departs from the common order of operations; the order decides whose place a
// result takes, and so the size of the compute buffer.
#pragma once

#include <string_view>

namespace weighin::llamacpp {

struct GraphOrder {
  std::string_view architecture;
  bool sums_onto_residual = false;    // residual + feed-forward, and not the other way round
  bool feed_forward_first = false;    // of layers in parallel: (feed-forward + residual) + attention
  bool picks_at_the_end = false;      // the last layer is computed for every token
  bool softmax_of_chosen = false;     // experts are weighed after they are chosen
  bool rope_in_windows_only = false;  // layers that see everything have no positions
};

/// The row of `architecture`, as llama.cpp names it; one without departures where it has none.
const GraphOrder& graph_order(std::string_view architecture);

}  // namespace weighin::llamacpp
