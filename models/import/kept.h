// Models that a user imported, each kept as a file of its own (kept_text.h).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/shape/shape.h"

namespace weighin {

/// NAME.json in `folder`.
std::filesystem::path kept_path(const std::filesystem::path& folder, const std::string& name);

/// Every model kept in `folder`, by name; none where the folder does not exist. A file that cannot be read is
/// left out, and `problems` gets the reason.
std::vector<ModelShape> kept_models(const std::filesystem::path& folder, std::vector<std::string>& problems);

}  // namespace weighin
