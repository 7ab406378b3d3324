// The schema, as numbered steps from an empty file to the newest version.
#pragma once

#include <string>
#include <vector>

namespace weighin {

/// SQLite's application_id of a weighin database: the letters "WGHN".
inline constexpr int application_id = 0x5747484e;

/// SQL of each migration; the n-th brings a database of version n to n + 1 (PRAGMA user_version).
const std::vector<std::string>& migrations();

}  // namespace weighin
