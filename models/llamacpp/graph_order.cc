#include "models/llamacpp/graph_order.h"

#include <algorithm>
#include <array>

namespace weighin::llamacpp {

const GraphOrder& graph_order(std::string_view architecture) {
  // Each was read in src/models/ARCHITECTURE.cpp and confirmed by the layouts of llama.cpp v0.5.0.
  static constexpr std::array departures{
      GraphOrder{.architecture = "phi3", .sums_onto_residual = true},
      GraphOrder{.architecture = "command-r", .feed_forward_first = true},
      GraphOrder{.architecture = "cohere2", .feed_forward_first = true, .rope_in_windows_only = true},
      GraphOrder{.architecture = "gpt-oss", .picks_at_the_end = true, .softmax_of_chosen = true},
  };
  static constexpr GraphOrder common{};
  const auto row = std::find_if(departures.begin(), departures.end(),
                                [&](const GraphOrder& order) { return order.architecture == architecture; });
  return row == departures.end() ? common : *row;
}

}  // namespace weighin::llamacpp
