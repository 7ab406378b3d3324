// Databases of every schema that there has been: versions/vN.sql is the dump of one of schema N, with rows of
// a made machine such as the weighin of that time wrote them: measured, skipped and failed ones, runs of an
// engine, GPUs.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "results/store/migrations.h"

namespace weighin {

/// Makes the database of schema `version` at `path`.
inline void make_old_database(int version, const std::string& path) {
  const std::string file =
      WEIGHIN_SOURCE_DIR "/tests/results/store/versions/v" + std::to_string(version) + ".sql";
  std::ifstream in(file);
  if (!in)
    throw std::runtime_error("there is no " + file + ": a new schema needs one, the dump of such a database");
  const std::string sql{std::istreambuf_iterator<char>(in), {}};
  SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec(sql);
  // What a dump leaves out.
  database.exec("PRAGMA application_id = " + std::to_string(application_id));
  database.exec("PRAGMA user_version = " + std::to_string(version));
  database.exec("PRAGMA journal_mode = WAL");
}

}  // namespace weighin
