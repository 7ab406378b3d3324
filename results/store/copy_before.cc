#include "results/store/copy_before.h"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <filesystem>
#include <limits>
#include <system_error>

namespace weighin {
namespace {

namespace fs = std::filesystem;

/// PATH.before-vSCHEMA, or with the first number after it that no file has.
std::string name_of_copy(const std::string& path, int schema) {
  const std::string first = fmt::format("{}.before-v{}", path, schema);
  std::string name = first;
  std::error_code ignored;
  for (int number = 2; fs::exists(name, ignored); ++number) name = fmt::format("{}-{}", first, number);
  return name;
}

}  // namespace

uint64_t free_bytes_beside(const std::string& path) {
  std::error_code unknown;
  const fs::space_info space = fs::space(fs::absolute(path).parent_path(), unknown);
  return unknown ? std::numeric_limits<uint64_t>::max() : space.available;
}

tl::expected<std::string, std::string> copy_before_migration(const std::string& path, int schema,
                                                             uint64_t free_bytes) {
  const std::string name = name_of_copy(path, schema), part = name + ".part";
  std::error_code ignored;
  fs::remove(part, ignored);  // of a program that was killed while it copied
  try {
    SQLite::Database database(path, SQLite::OPEN_READONLY);
    const auto bytes = static_cast<uint64_t>(database.execAndGet("PRAGMA page_count").getInt64() *
                                             database.execAndGet("PRAGMA page_size").getInt64());
    constexpr uint64_t mebi = 1 << 20;
    if (free_bytes < 2 * bytes) {
      return tl::unexpected(
          fmt::format("{} must be brought to schema {}, and before that it is copied: this needs {} MiB of "
                      "the disk, which has {} "
                      "MiB free; it was left as it is. Make room, or name another with --db.",
                      path, schema, (2 * bytes + mebi - 1) / mebi, free_bytes / mebi));
    }
    {
      SQLite::Database copy(part, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
      SQLite::Backup(copy, database).executeStep(-1);
    }
    fs::permissions(part, fs::status(path).permissions());
    fs::rename(part, name);
    return name;
  } catch (const std::exception& error) {
    for (const char* suffix : {"", "-journal", "-wal", "-shm"}) fs::remove(part + suffix, ignored);
    return tl::unexpected(
        fmt::format("{} must be brought to schema {}, and the copy of it that is made before that, {}, could "
                    "not be written "
                    "({}); it was left as it is. Is its disk full, or its folder read-only?",
                    path, schema, name, error.what()));
  }
}

}  // namespace weighin
