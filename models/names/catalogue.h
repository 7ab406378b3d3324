// The catalogue: the models that weighin knows. They are the files models/catalog/*.json, which are built
// into the program.
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

/// The shape that the text of one catalogue file describes. Error: the file's name, the field, and what it
/// should be.
tl::expected<ModelShape, std::string> parse_model(std::string_view file_name, std::string_view json_text);

/// Every model of the catalogue: smallest first, undisclosed models last.
const std::vector<ModelShape>& all_models();

/// The model called `name` or with that alias, or nullptr. Case does not count, nor does the owner before a
/// slash, and spaces, underscores and colons count as hyphens.
const ModelShape* find_model(std::string_view name);

/// The `most` names that are nearest to `name`, nearest first, for "did you mean".
std::vector<std::string> nearest_models(std::string_view name, size_t most = 3);

/// The model whose shape represents `size_class` when kernels are measured.
const ModelShape& reference_model(const SizeClass& size_class);

}  // namespace weighin
