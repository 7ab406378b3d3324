// A CSV file as read: RFC 4180, by libcsv.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace weighin {

/// Its fields' text is its own: it moves, and views into it stay right, but it is not copied.
class CsvTable {
 public:
  /// Error: why `text`, called `name`, is no CSV with a header.
  static tl::expected<CsvTable, std::string> read(std::string text, const std::string& name);
  static tl::expected<CsvTable, std::string> read_file(const std::string& path);

  CsvTable() = default;
  CsvTable(CsvTable&&) = default;
  CsvTable& operator=(CsvTable&&) = default;
  CsvTable(const CsvTable&) = delete;
  CsvTable& operator=(const CsvTable&) = delete;

  /// Columns, by the header.
  size_t width() const { return row_ends_.front(); }
  /// Rows without the header.
  size_t rows() const { return row_ends_.size() - 1; }
  /// Without blanks around it.
  std::string_view header(size_t column) const { return at(column); }
  /// Fields of one row: more or fewer than width() where the file is uneven.
  size_t fields(size_t row) const { return row_ends_[row + 1] - row_ends_[row]; }
  /// Without blanks around it. `column` is below fields(row).
  std::string_view field(size_t row, size_t column) const { return at(row_ends_[row] + column); }

 private:
  struct Place {
    size_t begin = 0, size = 0;
  };
  static void add_field(void* text, size_t size, void* self);
  static void end_row(int, void* self);
  std::string_view at(size_t index) const;

  std::vector<char> bytes_;  // unquoted, one field after another; a vector's storage does not move with it
  std::vector<Place> fields_;
  std::vector<size_t> row_ends_;  // in fields_; the header's first
};

}  // namespace weighin
