#include "results/spec/published_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "models/text/quantity.h"

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
    Column{"split", &PublishedRow::split},
    Column{"note", &PublishedRow::note},
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

/// The largest number of any column is a model's bytes, and no model has a petabyte.
constexpr double most_number = 1e15;

/// Sets one field. A number that cannot be read, or that cannot be true, is the error of the row.
void set(PublishedRow& row, const Column& column, std::string_view text) {
  if (text.empty()) return;
  if (column.text) {
    row.*column.text = text;
    return;
  }
  const auto number = read_number(text);
  if (number && *number <= most_number) {
    row.*column.number = *number;
  } else if (number && row.error.empty()) {
    row.error = fmt::format("{}: {} is too large to be true", column.name, text);
  } else if (row.error.empty()) {
    row.error = fmt::format("{}: \"{}\" is no number of 0 or more", column.name, text);
  }
}

}  // namespace

tl::expected<PublishedTable, std::string> PublishedTable::read(std::string text, const std::string& name) {
  auto csv = CsvTable::read(std::move(text), name);
  if (!csv) return tl::unexpected(csv.error());
  return of(std::move(*csv), name);
}

tl::expected<PublishedTable, std::string> PublishedTable::read_file(const std::string& path) {
  auto csv = CsvTable::read_file(path);
  if (!csv) return tl::unexpected(csv.error());
  return of(std::move(*csv), path);
}

tl::expected<PublishedTable, std::string> PublishedTable::of(CsvTable csv, const std::string& name) {
  const size_t width = csv.width();
  std::vector<const Column*> used(width, nullptr);
  bool model = false;
  for (size_t i = 0; i < width; ++i)
    for (const Column& column : columns)
      if (csv.header(i) == column.name) {
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
  table.rows_.resize(csv.rows());
  for (size_t r = 0; r < csv.rows(); ++r) {
    PublishedRow& row = table.rows_[r];
    const size_t fields = csv.fields(r);
    for (size_t i = 0; i < std::min(fields, width); ++i)
      if (used[i]) set(row, *used[i], csv.field(r, i));
    if (fields != width && row.error.empty())
      row.error = fmt::format("the row has {} fields, the header {}", fields, width);
  }
  table.csv_ = std::move(csv);
  return table;
}

}  // namespace weighin
