// Parameter sharing: weights are stored once and used more than once.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "models/shape/shape.h"

namespace weighin {

/// `shape` with the weights of one layer for all (ALBERT, arXiv 1909.11942). The file and the weights in
/// memory become smaller. The work, the KV cache and the bytes that a token reads stay the same. Error: why
/// its layers cannot share.
tl::expected<ModelShape, std::string> share_layers(const ModelShape& shape);

/// `shape` with the token embedding as its output head (arXiv 1608.05859). Error: it is so already, or there
/// is no head.
tl::expected<ModelShape, std::string> tie_embeddings(const ModelShape& shape);

}  // namespace weighin
