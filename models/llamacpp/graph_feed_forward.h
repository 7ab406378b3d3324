// The graph of feed-forward parts.
#pragma once

#include "models/llamacpp/graph_builder.h"
#include "models/shape/shape.h"

namespace weighin::llamacpp {

/// Adds the feed-forward part of `layer`, without its residual and norms. `cur` is its input. Returns its
/// last node.
int add_feed_forward(GraphBuilder& build, const Layer& layer, int cur);

}  // namespace weighin::llamacpp
