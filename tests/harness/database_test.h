// Tests that look into a database that weighin wrote.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/folder.h"

namespace weighin {

class DatabaseTest : public testing::Test {
 protected:
  /// The first column of the query's first row.
  int64_t number(const std::string& query) const {
    SQLite::Database database(database_, SQLite::OPEN_READONLY);
    return database.execAndGet(query).getInt64();
  }
  std::string text(const std::string& query) const {
    SQLite::Database database(database_, SQLite::OPEN_READONLY);
    return database.execAndGet(query).getString();
  }

  Folder folder_;
  std::string database_ = (folder_.path() / "weighin.db").string();
};

}  // namespace weighin
