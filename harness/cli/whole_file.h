// Files that are written whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <tl/expected.hpp>

namespace weighin {

/// Where the report of a database is written unless a path is given: report.html in the same folder.
std::filesystem::path report_beside(const std::string& database);

/// Writes `text` into a file beside `path` and renames it to `path` once it is whole. A device such as
/// /dev/stdout is written to directly. Error: which file could not be written, and why.
tl::expected<void, std::string> write_whole_file(const std::filesystem::path& path, const std::string& text);

}  // namespace weighin
