// A database of each schema version that there has been (versions/), brought to the newest: nothing in it is
// lost, and a copy of it stays beside it.
#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "results/store/copy_before.h"
#include "results/store/migrations.h"
#include "results/store/store.h"
#include "tests/folder.h"
#include "tests/results/store/old_database.h"

namespace weighin {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t plenty = std::numeric_limits<uint64_t>::max();

int newest() {
  return static_cast<int>(migrations().size());
}

/// Every table's rows as text, in the columns that `of` has.
std::map<std::string, std::vector<std::string>> rows(const std::string& path, const std::string& of) {
  SQLite::Database database(path, SQLite::OPEN_READONLY), columns_of(of, SQLite::OPEN_READONLY);
  std::map<std::string, std::vector<std::string>> found;
  SQLite::Statement tables(columns_of, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  while (tables.executeStep()) {
    const std::string table = tables.getColumn(0).getString();
    std::string columns;
    SQLite::Statement names(columns_of, "SELECT name FROM pragma_table_info('" + table + "')");
    while (names.executeStep())
      columns += (columns.empty() ? "quote(" : " || ',' || quote(") + names.getColumn(0).getString() + ")";
    SQLite::Statement query(database, "SELECT " + columns + " FROM " + table + " ORDER BY 1");
    while (query.executeStep()) found[table].push_back(query.getColumn(0).getString());
  }
  return found;
}

/// Each table and view with its columns, and each index with its statement.
std::vector<std::string> schema_of(const std::string& path) {
  SQLite::Database database(path, SQLite::OPEN_READONLY);
  std::vector<std::string> found;
  SQLite::Statement columns(
      database,
      "SELECT s.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || "
      "coalesce(c.dflt_value, '') || ' ' || c.pk FROM sqlite_schema s, pragma_table_info(s.name) c "
      "WHERE s.type IN ('table', 'view') ORDER BY s.name, c.cid");
  while (columns.executeStep()) found.push_back(columns.getColumn(0).getString());
  SQLite::Statement indexes(
      database, "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name");
  while (indexes.executeStep()) found.push_back(indexes.getColumn(0).getString());
  return found;
}

int version_of(const std::string& path) {
  return SQLite::Database(path, SQLite::OPEN_READONLY).execAndGet("PRAGMA user_version").getInt();
}

class Migration : public testing::TestWithParam<int> {
 protected:
  Migration() { make_old_database(GetParam(), path_); }
  std::string copy() const { return path_ + ".before-v" + std::to_string(newest()); }
  /// The names of the files beside the database that are neither it nor SQLite's own.
  std::vector<std::string> others() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      const std::string name = entry.path().filename();
      if (name != "weighin.db" && name != "weighin.db-wal" && name != "weighin.db-shm") names.push_back(name);
    }
    return names;
  }

  Folder folder_;
  std::string path_ = (folder_.path() / "weighin.db").string();
};

TEST_P(Migration, LosesNoRowAndMakesTheSchemaOfANewDatabase) {
  const std::string before = (folder_.path() / "before.db").string();
  fs::copy_file(path_, before);
  const auto old_rows = rows(before, before);
  ASSERT_GT(old_rows.at("measurement").size(), 10u);
  ASSERT_TRUE(Store::open(path_, Access::write));
  EXPECT_EQ(version_of(path_), newest());
  EXPECT_EQ(rows(path_, before), old_rows);
  const std::string fresh = (folder_.path() / "fresh.db").string();
  ASSERT_TRUE(Store::open(fresh, Access::write));
  EXPECT_EQ(schema_of(path_), schema_of(fresh));
  const SQLite::Database checked(path_, SQLite::OPEN_READONLY);
  EXPECT_EQ(SQLite::Statement(checked, "PRAGMA foreign_key_check").executeStep(), false);
}

TEST_P(Migration, KeepsACopyOfWhatItWas) {
  if (GetParam() == newest()) GTEST_SKIP() << "it is of the newest version";
  const auto old_rows = rows(path_, path_);
  const auto old_schema = schema_of(path_);
  fs::permissions(path_, fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_TRUE(Store::open(path_, Access::write));
  ASSERT_EQ(others(), std::vector<std::string>{fs::path(copy()).filename()});
  EXPECT_EQ(version_of(copy()), GetParam());
  EXPECT_EQ(rows(copy(), copy()), old_rows);
  EXPECT_EQ(schema_of(copy()), old_schema);
  EXPECT_EQ(fs::status(copy()).permissions(), fs::perms::owner_read | fs::perms::owner_write);

  // A copy in the way is kept; put back, it is brought to the newest schema as it was before.
  fs::copy_file(copy(), path_, fs::copy_options::overwrite_existing);
  ASSERT_TRUE(Store::open(path_, Access::write));
  EXPECT_EQ(version_of(copy()), GetParam());
  EXPECT_EQ(version_of(copy() + "-2"), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Of, Migration, testing::Range(1, newest() + 1));

class CopyBefore : public testing::Test {
 protected:
  CopyBefore() { make_old_database(1, path_); }

  /// In a process of its own, which `prepared` limits: opens the database for writing and returns the error.
  std::string error_when(const std::function<void()>& prepared) const {
    int ends[2];
    if (pipe(ends) != 0) return "no pipe";
    const pid_t child = fork();
    if (child == 0) {
      prepared();
      const auto store = Store::open(path_, Access::write);
      const std::string said = store ? "" : store.error();
      (void)!write(ends[1], said.data(), said.size());
      _exit(0);
    }
    close(ends[1]);
    std::string said(4096, 0);
    said.resize(static_cast<size_t>(std::max<ssize_t>(0, read(ends[0], said.data(), said.size()))));
    close(ends[0]);
    waitpid(child, nullptr, 0);
    return said;
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      const std::string name = entry.path().filename();
      // SQLite's own, which stay where the last program that read the database could not write it.
      if (!name.ends_with("-wal") && !name.ends_with("-shm")) names.push_back(name);
    }
    return names;
  }

  Folder folder_;
  std::string path_ = (folder_.path() / "weighin.db").string();
};

TEST_F(CopyBefore, ANewDatabaseAndOneOfTheNewestSchemaAreNotCopied) {
  const Folder other;
  for (int times = 0; times < 2; ++times)
    ASSERT_TRUE(Store::open((other.path() / "new.db").string(), Access::write));
  for (const auto& entry : fs::directory_iterator(other.path()))
    EXPECT_EQ(entry.path().string().find("before"), std::string::npos) << entry.path();
}

TEST_F(CopyBefore, WhereTheDiskHasNoRoomNothingIsTouched) {
  const uint64_t bytes = fs::file_size(path_);
  const auto refused = copy_before_migration(path_, newest(), 2 * bytes - 1);
  ASSERT_FALSE(refused);
  for (const char* words : {"weighin.db", "of the disk", "MiB free", "left as it is", "--db"})
    EXPECT_NE(refused.error().find(words), std::string::npos) << words << "\n" << refused.error();
  EXPECT_EQ(files(), std::vector<std::string>{"weighin.db"});
  EXPECT_EQ(version_of(path_), 1);
  EXPECT_TRUE(copy_before_migration(path_, newest(), 2 * bytes));
}

TEST_F(CopyBefore, WhatCannotBeWrittenWholeIsRemovedAndTheDatabaseLeft) {
  const rlim_t half = fs::file_size(path_) / 2;
  const std::string error = error_when([&] {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{half, half};
    setrlimit(RLIMIT_FSIZE, &limit);
  });
  EXPECT_NE(error.find(path_), std::string::npos) << error;
  EXPECT_EQ(version_of(path_), 1);
  for (const std::string& file : files()) EXPECT_EQ(file.find("before"), std::string::npos) << file;
}

TEST_F(CopyBefore, InAFolderThatCannotBeWrittenTheDatabaseIsLeft) {
  const fs::perms all = fs::perms::owner_all | fs::perms::group_all | fs::perms::others_all;
  fs::permissions(path_, fs::perms(0666));
  fs::permissions(folder_.path(), fs::perms(0555));
  const std::string error = error_when([] {
    constexpr uid_t nobody = 65534;
    if (geteuid() == 0 && setuid(nobody) != 0) _exit(1);  // root may write everywhere
  });
  fs::permissions(folder_.path(), all);
  EXPECT_NE(error.find(path_), std::string::npos) << error;
  EXPECT_EQ(version_of(path_), 1);
  EXPECT_EQ(files(), std::vector<std::string>{"weighin.db"});
}

TEST_F(CopyBefore, RowsThatStandInTheWalFileAreCopied) {
  SQLite::Database writer(path_, SQLite::OPEN_READWRITE);
  writer.exec(
      "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; UPDATE device SET label = 'in the wal'");
  const auto copy = copy_before_migration(path_, newest(), plenty);
  ASSERT_TRUE(copy) << copy.error();
  EXPECT_EQ(SQLite::Database(*copy, SQLite::OPEN_READONLY).execAndGet("SELECT label FROM device").getString(),
            "in the wal");
}

TEST_F(CopyBefore, WhatAKilledProgramLeftHalfWrittenIsReplaced) {
  folder_.write("weighin.db.before-v" + std::to_string(newest()) + ".part", "half");
  const auto copy = copy_before_migration(path_, newest(), plenty);
  ASSERT_TRUE(copy) << copy.error();
  EXPECT_EQ(version_of(*copy), 1);
  EXPECT_EQ(files().size(), 2u);
}

}  // namespace
}  // namespace weighin
