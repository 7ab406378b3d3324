// Where the graph of an architecture departs from the usual order of operations. The order decides which
// bytes a result reuses, and so the size of the compute buffer.
#pragma once

#include <string_view>

namespace weighin::llamacpp {

struct GraphOrder {
  std::string_view architecture;
  bool sums_onto_residual = false;    // residual + feed-forward instead of feed-forward + residual
  bool feed_forward_first = false;    // parallel layers: (feed-forward + residual) + attention
  bool picks_at_the_end = false;      // the last layer is computed for every token, not only for the outputs
  bool softmax_of_chosen = false;     // the softmax is over the chosen experts, not over all
  bool rope_in_windows_only = false;  // layers without a window have no rope
};

/// The row of `architecture`, as llama.cpp names it, or a row without departures.
const GraphOrder& graph_order(std::string_view architecture);

}  // namespace weighin::llamacpp
