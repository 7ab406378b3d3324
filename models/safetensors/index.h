// A model in several safetensors files, by its index.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "models/safetensors/safetensors.h"

namespace weighin {

/// The headers of all files that an index ("model.safetensors.index.json") names. The files stand beside it.
/// Error: as read_safetensors, or the file that is missing.
tl::expected<Safetensors, std::string> read_safetensors_index(const std::string& path_or_url);

}  // namespace weighin
