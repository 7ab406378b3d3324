#include "results/store/file.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "results/store/copy_before.h"
#include "results/store/migrations.h"

namespace weighin {
namespace {

namespace fs = std::filesystem;
using Opened = tl::expected<std::unique_ptr<SQLite::Database>, std::string>;

/// How long a writer waits for another program before it says "locked".
constexpr int lock_wait_ms = 5000;

/// "" when the file may be opened: it is missing, empty, or begins as every SQLite file does.
std::string not_a_database(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return fmt::format("{} is a folder, not a database", path);
  if (!fs::exists(path, error) || fs::file_size(path, error) == 0) return "";
  char header[16] = {};
  std::ifstream(path, std::ios::binary).read(header, sizeof header);
  if (std::string_view(header, 15) == "SQLite format 3") return "";
  if (header[0] == 0 && !std::ifstream(path)) return fmt::format("cannot read {}: no permission", path);
  return fmt::format(
      "{} is not a weighin database (not SQLite); it was left as it is. Name another with --db.", path);
}

/// "" when the open file is sound and of a version this program knows.
std::string not_ours(SQLite::Database& database, const std::string& path) {
  const int version = database.execAndGet("PRAGMA user_version").getInt();
  const int id = database.execAndGet("PRAGMA application_id").getInt();
  const int tables = database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt();
  if (tables > 0 && id != application_id) {
    return fmt::format("{} is another program's database; it was left as it is. Name another with --db.",
                       path);
  }
  const int newest = static_cast<int>(migrations().size());
  if (version > newest) {
    return fmt::format(
        "{} is from a newer weighin (schema {}, this one knows {}); it was left as it is. Update weighin.",
        path, version, newest);
  }
  std::string sound = database.execAndGet("PRAGMA quick_check(1)").getString();
  if (sound != "ok") {
    std::replace(sound.begin(), sound.end(), '\n', ' ');
    return fmt::format("{} is corrupt ({}); it was left as it is. Restore a copy, or name another with --db.",
                       path, sound);
  }
  return "";
}

/// Brings the open database to the newest schema, after a copy of it was made beside it; "" or what went
/// wrong.
std::string migrate(SQLite::Database& database, const std::string& path) {
  const int newest = static_cast<int>(migrations().size());
  if (database.execAndGet("PRAGMA user_version").getInt() == newest) return "";
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  // Read again under the lock: another program may have migrated meanwhile.
  int version = database.execAndGet("PRAGMA user_version").getInt();
  std::string copy;
  if (version > 0 && version < newest) {
    const auto made = copy_before_migration(path, newest, free_bytes_beside(path));
    if (!made) return made.error();
    copy = *made;
  }
  try {
    for (; version < newest; ++version) {
      database.exec(migrations()[static_cast<size_t>(version)]);
      database.exec(fmt::format("PRAGMA user_version = {}", version + 1));
    }
    database.exec(fmt::format("PRAGMA application_id = {}", application_id));
    transaction.commit();
  } catch (const SQLite::Exception&) {
    std::error_code ignored;
    if (!copy.empty()) fs::remove(copy, ignored);  // nothing was changed
    throw;
  }
  return "";
}

/// `path` as an SQLite URI: its own signs escaped.
std::string uri_of(const std::string& path) {
  std::string uri = "file:";
  for (const unsigned char c : path)
    uri += std::isalnum(c) || c == '/' ? std::string(1, char(c)) : fmt::format("%{:02X}", c);
  return uri;
}

Opened open_reading(const std::string& path) {
  try {
    auto database = std::make_unique<SQLite::Database>(path, SQLite::OPEN_READONLY, lock_wait_ms);
    database->execAndGet("SELECT count(*) FROM sqlite_schema");
    return database;
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() != SQLITE_READONLY && error.getErrorCode() != SQLITE_CANTOPEN) throw;
  }
  // A WAL database where its -shm file may not be made (a read-only folder or medium). Whole only if no -wal
  // holds rows.
  std::error_code missing;
  const auto wal_bytes = fs::file_size(path + "-wal", missing);
  if (!missing && wal_bytes > 0) {
    return tl::unexpected(
        fmt::format("{} has rows in its -wal file that cannot be read in a read-only folder; copy all "
                    "its files to a folder of yours and name that with --db",
                    path));
  }
  return std::make_unique<SQLite::Database>(uri_of(path) + "?immutable=1",
                                            SQLite::OPEN_READONLY | SQLITE_OPEN_URI, lock_wait_ms);
}

Opened open_writing(const std::string& path) {
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  if (!folder.empty()) fs::create_directories(folder, error);
  if (error) return tl::unexpected(fmt::format("cannot make the folder of {}: {}", path, error.message()));
  return std::make_unique<SQLite::Database>(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, lock_wait_ms);
}

}  // namespace

std::string store_error(const std::string& path, const std::exception& error) {
  const auto* sql = dynamic_cast<const SQLite::Exception*>(&error);
  switch (sql ? sql->getErrorCode() : 0) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fmt::format("{} is locked by another program; try again when it is done", path);
    case SQLITE_READONLY:
      return fmt::format("{} is read-only; name another file with --db", path);
    case SQLITE_FULL:
      return fmt::format("the disk with {} is full; what was written before is kept", path);
    case SQLITE_IOERR:
      return fmt::format("reading or writing {} failed ({}); is its disk full or gone?", path, error.what());
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return fmt::format(
          "{} is corrupt ({}); it was left as it is. Restore a copy, or name another with --db.", path,
          error.what());
    case SQLITE_CANTOPEN:
      return fmt::format("cannot open {}: no permission, or its folder is missing", path);
    default:
      return fmt::format("{}: {}", path, error.what());
  }
}

Opened open_store_file(const std::string& path, Access access) {
  if (path.empty())
    return tl::unexpected(
        std::string("where the database lies is not known: neither HOME nor XDG_DATA_HOME is set; name it "
                    "with --db FILE"));
  std::error_code missing;
  if (access == Access::read && !fs::exists(path, missing)) {
    return tl::unexpected(fmt::format("there is no database {} yet; `weighin run` makes one", path));
  }
  if (const std::string problem = not_a_database(path); !problem.empty()) return tl::unexpected(problem);
  try {
    // Looked at through a connection that cannot write, so that a refused file keeps every byte.
    const bool exists = fs::exists(path, missing) && fs::file_size(path, missing) > 0;
    Opened database = exists ? open_reading(path) : open_writing(path);
    if (!database) return database;
    if (const std::string problem = not_ours(**database, path); !problem.empty())
      return tl::unexpected(problem);
    const int version = (*database)->execAndGet("PRAGMA user_version").getInt();
    if (access == Access::read && version < static_cast<int>(migrations().size())) {
      return tl::unexpected(
          version == 0 ? fmt::format("{} holds no measurements yet; `weighin run` makes them", path)
                       : fmt::format("{} is from an older weighin (schema {}); `weighin run` brings it "
                                     "up to date",
                                     path, version));
    }
    if (access == Access::write) {
      database = open_writing(path);
      if (!database) return database;
      if (sqlite3_db_readonly((*database)->getHandle(), "main") == 1) {
        return tl::unexpected(fmt::format("{} is read-only; name another file with --db", path));
      }
      (*database)->exec("PRAGMA journal_mode = WAL");
      (*database)->exec("PRAGMA synchronous = NORMAL");
      if (const std::string problem = migrate(**database, path); !problem.empty())
        return tl::unexpected(problem);
    }
    (*database)->exec("PRAGMA foreign_keys = ON");
    return database;
  } catch (const std::exception& error) {
    return tl::unexpected(store_error(path, error));
  }
}

}  // namespace weighin
