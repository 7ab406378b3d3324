// The models weighin knows, read from models/catalog/*.json, which are built into the program.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "models/shape/shape.h"
#include "models/shape/size_class.h"

namespace weighin {

/// The shape described by one catalogue file's text. Error: the file's name, the field and what it should be.
tl::expected<ModelShape, std::string> parse_model(std::string_view file_name, std::string_view json_text);

/// Every catalogue model: smallest first, undisclosed ones last.
const std::vector<ModelShape>& all_models();

/// The model called `name`, or with that alias (any case, spaces and underscores as hyphens), or nullptr.
const ModelShape* find_model(std::string_view name);

/// Up to `most` names near `name`, nearest first, for "did you mean".
std::vector<std::string> nearest_models(std::string_view name, size_t most = 3);

/// The model whose shape stands for `size_class` when kernels are measured.
const ModelShape& reference_model(const SizeClass& size_class);

}  // namespace weighin
