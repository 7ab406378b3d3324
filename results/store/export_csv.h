// CSV files of a whole database.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace weighin {

/// Writes one RFC 4180 file a table and view into `folder`, made if missing; returns the files' paths.
/// SQLite's exceptions pass through: the store turns them into values. Error: which file could not be
/// written.
tl::expected<std::vector<std::string>, std::string> export_csv(SQLite::Database& database,
                                                               const std::string& folder);

}  // namespace weighin
