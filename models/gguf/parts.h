// A GGUF file that gguf-split cut into parts, read as one.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "models/gguf/gguf.h"

namespace weighin {

/// The header of the file at a path or URL and, where the file is one part of several
/// ("NAME-00001-of-00003.gguf"), of all parts together. Error: as read_gguf, or the part that is missing.
tl::expected<Gguf, std::string> read_gguf_parts(const std::string& path_or_url);

}  // namespace weighin
