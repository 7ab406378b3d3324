// An imported model as JSON text: what was read of its files.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "models/import/import.h"

namespace weighin {

/// What was read of a model's files, as JSON: {schema, name, where, gguf or config, safetensors}. It holds
/// what was read and not the shape: the shape is made from it each time, so that a later weighin, which knows
/// more, answers as for a new import.
std::string kept_text(const std::string& name, const ModelFiles& files);

/// The model that such a text describes. Error: `where` the text was read, and what is wrong with it.
tl::expected<ModelShape, std::string> shape_of_kept(std::string_view text, const std::string& where);

}  // namespace weighin
