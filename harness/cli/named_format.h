// The format that a command line names with --format.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "models/format/file_format.h"

namespace weighin {

/// The format of a model by name where a command needs one and --format is not given.
inline constexpr const char* usual_format = "Q4_K_M";

/// The format called `name`, of any container. Error: there is none, with the formats there are.
tl::expected<const FileFormat*, std::string> format_called(const std::string& name);
/// The GGUF format called `name`. Error: there is none, with the GGUF formats there are.
tl::expected<const FileFormat*, std::string> gguf_format_called(const std::string& name);

}  // namespace weighin
