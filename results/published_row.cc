#include "results/published_row.h"

#include <csv.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>

namespace weighin {
namespace {

using Text = std::string_view PublishedRow::*;
using Number = std::optional<double> PublishedRow::*;

struct Column {
  std::string_view name;
  Text text = nullptr;
  Number number = nullptr;
};
constexpr std::array columns{
    Column{"date", &PublishedRow::date},
    Column{"device", &PublishedRow::device},
    Column{"chip_class", &PublishedRow::chip_class},
    Column{"backend", &PublishedRow::backend},
    Column{"engine", &PublishedRow::engine},
    Column{"model", &PublishedRow::model},
    Column{"quant", &PublishedRow::quant},
    Column{"mem_bandwidth_gbs", nullptr, &PublishedRow::mem_bandwidth_gbs},
    Column{"mem_gib", nullptr, &PublishedRow::mem_gib},
    Column{"params_b", nullptr, &PublishedRow::params_b},
    Column{"active_params_b", nullptr, &PublishedRow::active_params_b},
    Column{"model_bytes", nullptr, &PublishedRow::model_bytes},
    Column{"ctx_or_depth", nullptr, &PublishedRow::ctx_or_depth},
    Column{"pp_tokens", nullptr, &PublishedRow::pp_tokens},
    Column{"tg_tokens", nullptr, &PublishedRow::tg_tokens},
    Column{"n_devices", nullptr, &PublishedRow::n_devices},
    Column{"threads", nullptr, &PublishedRow::threads},
    Column{"pp_tps", nullptr, &PublishedRow::pp_tps},
    Column{"tg_tps", nullptr, &PublishedRow::tg_tps},
    Column{"mem_gib_used", nullptr, &PublishedRow::mem_gib_used},
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// What libcsv calls back with: every field's place, row by row.
struct Places {
  struct Place {
    size_t begin = 0, size = 0;
  };
  std::vector<char> bytes;
  std::vector<Place> fields;
  std::vector<size_t> row_ends;  // in `fields`

  static void field(void* text, size_t size, void* self) {
    auto& places = *static_cast<Places*>(self);
    places.fields.push_back({places.bytes.size(), size});
    const char* begin = static_cast<const char*>(text);
    places.bytes.insert(places.bytes.end(), begin, begin + size);
  }
  static void row(int, void* self) {
    auto& places = *static_cast<Places*>(self);
    places.row_ends.push_back(places.fields.size());
  }
  std::string_view at(size_t index) const { return {bytes.data() + fields[index].begin, fields[index].size}; }
};

tl::expected<Places, std::string> parsed(const std::string& text, const std::string& name) {
  csv_parser parser;
  if (csv_init(&parser, CSV_APPEND_NULL) != 0) return tl::unexpected(fmt::format("{}: out of memory", name));
  Places places;
  places.bytes.reserve(text.size());
  const size_t read = csv_parse(&parser, text.data(), text.size(), Places::field, Places::row, &places);
  const bool whole = read == text.size() && csv_fini(&parser, Places::field, Places::row, &places) == 0;
  const std::string why = csv_strerror(csv_error(&parser));
  csv_free(&parser);
  if (!whole)
    return tl::unexpected(
        fmt::format("{}: cannot be read as CSV after row {}: {}", name, places.row_ends.size(), why));
  return places;
}

/// Sets one field; a number that is none is the row's error.
void set(PublishedRow& row, const Column& column, std::string_view field) {
  const std::string_view text = trimmed(field);
  if (text.empty()) return;
  if (column.text) {
    row.*column.text = text;
    return;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool number =
      error == std::errc() && end == text.data() + text.size() && std::isfinite(value) && value >= 0;
  if (number) {
    row.*column.number = value;
  } else if (row.error.empty()) {
    row.error = fmt::format("{}: \"{}\" is no number of 0 or more", column.name, text);
  }
}

}  // namespace

tl::expected<PublishedTable, std::string> PublishedTable::read(std::string text, const std::string& name) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  auto places = parsed(text, name);
  if (!places) return tl::unexpected(places.error());
  if (places->row_ends.empty())
    return tl::unexpected(
        fmt::format("{}: empty; the first row names the columns (model, quant, device, ...)", name));
  const size_t width = places->row_ends.front();
  std::vector<const Column*> used(width, nullptr);
  bool model = false;
  for (size_t i = 0; i < width; ++i)
    for (const Column& column : columns)
      if (trimmed(places->at(i)) == column.name) {
        for (const Column* other : used)
          if (other == &column)
            return tl::unexpected(fmt::format("{}: two columns are called {}", name, column.name));
        used[i] = &column;
        model = model || column.name == "model" || column.name == "params_b";
      }
  if (!model)
    return tl::unexpected(
        fmt::format("{}: no column is called model or params_b; the first row must name the columns: model, "
                    "params_b, quant, "
                    "device, mem_bandwidth_gbs, ...",
                    name));
  PublishedTable table;
  table.rows_.resize(places->row_ends.size() - 1);
  for (size_t r = 1; r < places->row_ends.size(); ++r) {
    PublishedRow& row = table.rows_[r - 1];
    const size_t begin = places->row_ends[r - 1], fields = places->row_ends[r] - begin;
    for (size_t i = 0; i < std::min(fields, width); ++i)
      if (used[i]) set(row, *used[i], places->at(begin + i));
    if (fields != width && row.error.empty())
      row.error = fmt::format("the row has {} fields, the header {}", fields, width);
  }
  table.fields_ = std::move(places->bytes);
  return table;
}

tl::expected<PublishedTable, std::string> PublishedTable::read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return tl::unexpected(fmt::format("{}: cannot be opened: {}", path, std::strerror(errno)));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad() || (text.empty() && !file.eof()))
    return tl::unexpected(fmt::format("{}: cannot be read; is it a folder?", path));
  return read(std::move(text), path);
}

}  // namespace weighin
