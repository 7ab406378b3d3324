// The graph of attention layers.
#pragma once

#include "models/llamacpp/graph_builder.h"
#include "models/shape/shape.h"

namespace weighin::llamacpp {

/// Adds the attention of `layer`, without its residual and norms. `cur` is its input. Returns the node of the
/// output product.
int add_attention(GraphBuilder& build, const Layer& layer, int cur);

/// The same for multi-head latent attention.
int add_latent_attention(GraphBuilder& build, const Layer& layer, int cur);

}  // namespace weighin::llamacpp
