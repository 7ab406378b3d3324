#include "results/text/csv_table.h"

#include <csv.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace weighin {

/// What libcsv's callbacks receive: the text of every field, row by row.
void CsvTable::add_field(void* text, size_t size, void* self) {
  auto& table = *static_cast<CsvTable*>(self);
  table.fields_.push_back({table.bytes_.size(), size});
  const char* begin = static_cast<const char*>(text);
  table.bytes_.insert(table.bytes_.end(), begin, begin + size);
}

void CsvTable::end_row(int, void* self) {
  auto& table = *static_cast<CsvTable*>(self);
  table.row_ends_.push_back(table.fields_.size());
}

std::string_view CsvTable::at(size_t index) const {
  constexpr std::string_view blanks = " \t\r\n";
  const std::string_view text(bytes_.data() + fields_[index].begin, fields_[index].size);
  const size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

tl::expected<CsvTable, std::string> CsvTable::read(std::string text, const std::string& name) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  csv_parser parser;
  if (csv_init(&parser, CSV_APPEND_NULL) != 0) return tl::unexpected(fmt::format("{}: out of memory", name));
  CsvTable table;
  table.bytes_.reserve(text.size());
  const size_t read = csv_parse(&parser, text.data(), text.size(), add_field, end_row, &table);
  const bool whole = read == text.size() && csv_fini(&parser, add_field, end_row, &table) == 0;
  const std::string why = csv_strerror(csv_error(&parser));
  csv_free(&parser);
  if (!whole)
    return tl::unexpected(
        fmt::format("{}: cannot be read as CSV after row {}: {}", name, table.row_ends_.size(), why));
  if (table.row_ends_.empty())
    return tl::unexpected(fmt::format("{}: empty; the first row must name the columns", name));
  return table;
}

tl::expected<CsvTable, std::string> CsvTable::read_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return tl::unexpected(fmt::format("{}: is a folder; a CSV file is needed", path));
  std::ifstream file(path, std::ios::binary);
  if (!file) return tl::unexpected(fmt::format("{}: cannot be opened: {}", path, std::strerror(errno)));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad() || (text.empty() && !file.eof()))
    return tl::unexpected(fmt::format("{}: cannot be read", path));
  return read(std::move(text), path);
}

}  // namespace weighin
