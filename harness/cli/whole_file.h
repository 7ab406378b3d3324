// Files that are there whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <tl/expected.hpp>

namespace weighin {

/// Where the report of a database is kept unless it is said otherwise.
std::filesystem::path report_beside(const std::string& database);

/// Writes `text` beside `path` and puts it in its place once it is whole; a device such as /dev/stdout is
/// written to as it is. Error: which file, and why.
tl::expected<void, std::string> write_whole_file(const std::filesystem::path& path, const std::string& text);

}  // namespace weighin
