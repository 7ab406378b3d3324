// Models that a user imported, kept as files of what was read.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "models/import/import.h"

namespace weighin {

/// What was read of a model's files, as JSON: {schema, name, where, gguf or config, safetensors}. The shape
/// is made from it again each time, so that a later weighin, which knows more, answers for it as for a new
/// import.
std::string kept_text(const std::string& name, const ModelFiles& files);

/// The model that such a text describes. Error: `where`, and what is wrong.
tl::expected<ModelShape, std::string> shape_of_kept(std::string_view text, const std::string& where);

/// NAME.json in `folder`.
std::filesystem::path kept_path(const std::filesystem::path& folder, const std::string& name);

/// Every model kept in `folder`, by name; none where there is no such folder. A file that cannot be read is
/// left out, with its reason in `problems`.
std::vector<ModelShape> kept_models(const std::filesystem::path& folder, std::vector<std::string>& problems);

}  // namespace weighin
