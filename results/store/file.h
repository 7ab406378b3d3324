// Opening the store's file: what it must be before a byte of it is written.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "results/store/store.h"

namespace weighin {

/// The open database of newest schema, foreign keys on, WAL. Errors as Store::open.
tl::expected<std::unique_ptr<SQLite::Database>, std::string> open_store_file(const std::string& path,
                                                                             Access access);

/// What went wrong with `path`, with what to do, from SQLite's error.
std::string store_error(const std::string& path, const std::exception& error);

}  // namespace weighin
