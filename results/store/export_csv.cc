#include "results/store/export_csv.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "results/text/csv_field.h"

namespace weighin {
namespace {

namespace fs = std::filesystem;

std::string csv_text(SQLite::Database& database, const std::string& table) {
  SQLite::Statement query(database, fmt::format("SELECT * FROM \"{}\"", table));
  std::string text;
  for (int i = 0; i < query.getColumnCount(); ++i) text += (i ? "," : "") + csv_field(query.getColumnName(i));
  text += "\r\n";
  while (query.executeStep()) {
    for (int i = 0; i < query.getColumnCount(); ++i) {
      const SQLite::Column column = query.getColumn(i);
      // The shortest digits that read back as the same number; NULL is an empty field.
      text += (i ? "," : "") + (column.isFloat()  ? fmt::format("{}", column.getDouble())
                                : column.isNull() ? std::string()
                                                  : csv_field(column.getString()));
    }
    text += "\r\n";
  }
  return text;
}

/// Written whole under another name first, so that a full disk leaves no half file.
std::string write_whole(const fs::path& path, const std::string& text) {
  fs::path part = path;
  part += ".part";
  std::error_code error;
  {
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.close();
    if (!out) {
      fs::remove(part, error);
      return fmt::format("cannot write {}: no permission, or the disk is full", path.string());
    }
  }
  fs::rename(part, path, error);
  return error ? fmt::format("cannot write {}: {}", path.string(), error.message()) : "";
}

}  // namespace

tl::expected<std::vector<std::string>, std::string> export_csv(SQLite::Database& database,
                                                               const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return tl::unexpected(fmt::format("cannot make the folder {}: {}", folder, error.message()));
  std::vector<std::string> files;
  SQLite::Statement tables(database,
                           "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE "
                           "'sqlite_%' ORDER BY name");
  while (tables.executeStep()) {
    const std::string name = tables.getColumn(0).getString();
    const fs::path path = fs::path(folder) / (name + ".csv");
    if (std::string problem = write_whole(path, csv_text(database, name)); !problem.empty()) {
      return tl::unexpected(problem);
    }
    files.push_back(path.string());
  }
  return files;
}

}  // namespace weighin
