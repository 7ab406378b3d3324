// The graph of layers whose mixer keeps a state instead of keys and values.
#pragma once

#include "models/llamacpp/graph_builder.h"
#include "models/shape/shape.h"

namespace weighin::llamacpp {

/// Adds the mixer of `layer`, without its residual and norms. `cur` is its input. Returns the node of the
/// output product.
int add_state_space(GraphBuilder& build, const Layer& layer, int cur);

}  // namespace weighin::llamacpp
