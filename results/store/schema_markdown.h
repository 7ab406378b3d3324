// The page that describes the database.
#pragma once

#include <string>

namespace weighin {

/// docs/schema.md, made from the migrations and the measurement field list.
std::string schema_markdown();

}  // namespace weighin
