// Opens files: those of this machine itself, those of servers by http.h.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "models/source/byte_source.h"

namespace weighin {

/// A local file, or a file on an HTTP server that honours ranges. Error: what could not be opened, and why.
tl::expected<ByteSource, std::string> open_source(const std::string& path_or_url);

/// The whole text of a file of at most `most_bytes`. Error: as open_source, or the file's size where it is
/// larger.
tl::expected<std::string, std::string> read_text(const std::string& path_or_url, uint64_t most_bytes);

}  // namespace weighin
