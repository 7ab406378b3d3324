// From a GGUF header to a model's shape.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "models/gguf/gguf.h"
#include "models/shape/shape.h"

namespace weighin {

/// The model that `file`, read from `where`, holds. The metadata give its architecture, and every tensor is
/// as in the file. Error: the key or tensor that makes no sense.
tl::expected<ModelShape, std::string> shape_of_gguf(const Gguf& file, const std::string& where);

}  // namespace weighin
