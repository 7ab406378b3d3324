// Parameter sharing: weights that are stored once and used more than once.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "models/shape/shape.h"

namespace weighin {

/// One layer's weights for all (ALBERT, arXiv 1909.11942): file and weights shrink, the work, the cache and
/// the bytes a token reads do not. Error: why its layers cannot share.
tl::expected<ModelShape, std::string> share_layers(const ModelShape& shape);

/// The token embedding as output head (arXiv 1608.05859). Error: it is so already, or there is no head.
tl::expected<ModelShape, std::string> tie_embeddings(const ModelShape& shape);

}  // namespace weighin
