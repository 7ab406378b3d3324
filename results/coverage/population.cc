#include "results/coverage/population.h"

#include <fmt/format.h>

#include <optional>
#include <span>
#include <utility>

#include "models/text/quantity.h"
#include "results/text/csv_table.h"

namespace weighin {

std::span<const std::pair<std::string_view, std::string_view>>
population_files();  // results/coverage/populations/population_*.csv

namespace {

struct Columns {
  std::optional<size_t> device, weight, memory_gib;
};

/// More devices than were ever made; sums of such counts stay exact.
constexpr double most_devices = 1e12;

tl::expected<Columns, std::string> columns_of(const CsvTable& csv, const std::string& name) {
  Columns columns;
  for (size_t i = 0; i < csv.width(); ++i) {
    const std::string_view header = csv.header(i);
    if (header == "device") columns.device = i;
    if (header == "count" || header == "share") columns.weight = i;
    if (header == "memory_gib") columns.memory_gib = i;
  }
  if (!columns.device || !columns.weight)
    return tl::unexpected(
        fmt::format("{}: the first row must name a column \"device\", and one \"count\" or \"share\"", name));
  return columns;
}

tl::expected<Population, std::string> population_of(const CsvTable& csv, const std::string& name) {
  const auto columns = columns_of(csv, name);
  if (!columns) return tl::unexpected(columns.error());
  Population population{name, {}};
  for (size_t r = 0; r < csv.rows(); ++r) {
    const auto bad = [&](const std::string& what) {
      return tl::unexpected(fmt::format("{}: row {}: {}", name, r, what));
    };
    if (csv.fields(r) != csv.width())
      return bad(fmt::format("it has {} fields, the header {}", csv.fields(r), csv.width()));
    const std::string_view weight = csv.field(r, *columns->weight);
    const auto number = read_number(weight);
    if (!number) return bad(fmt::format("\"{}\" is no number of 0 or more", weight));
    if (*number > most_devices) return bad(fmt::format("{} devices are more than there are", weight));
    PopulationRow row{std::string(csv.field(r, *columns->device)), *number, tl::unexpected(std::string())};
    row.device = find_device(row.name);
    if (columns->memory_gib && !csv.field(r, *columns->memory_gib).empty()) {
      const auto memory = read_number(csv.field(r, *columns->memory_gib));
      if (!memory) return bad(fmt::format("\"{}\" is no memory in GiB", csv.field(r, *columns->memory_gib)));
      if (row.device) row.device->memory_gib = *memory;
    }
    population.rows.push_back(std::move(row));
  }
  if (population.weight() <= 0) return tl::unexpected(fmt::format("{}: no row counts anybody", name));
  return population;
}

std::string word_of(std::string_view file) {
  std::string_view word = file.substr(0, file.find('.'));
  constexpr std::string_view before = "population_";
  if (word.starts_with(before)) word.remove_prefix(before.size());
  return std::string(word);
}

}  // namespace

double Population::weight() const {
  double sum = 0;
  for (const PopulationRow& row : rows) sum += row.weight;
  return sum;
}

tl::expected<Population, std::string> read_population(const std::string& path) {
  const auto csv = CsvTable::read_file(path);
  if (!csv) return tl::unexpected(csv.error());
  return population_of(*csv, path);
}

std::vector<std::string> shipped_populations() {
  std::vector<std::string> names;
  for (const auto& [file, text] : population_files()) names.push_back(word_of(file));
  return names;
}

tl::expected<Population, std::string> shipped_population(std::string_view name) {
  for (const auto& [file, text] : population_files()) {
    if (word_of(file) != name) continue;
    const auto csv = CsvTable::read(std::string(text), std::string(file));
    if (!csv) return tl::unexpected(csv.error());
    return population_of(*csv, std::string(name));
  }
  return tl::unexpected(fmt::format("no population is called \"{}\"; there are: {}", name,
                                    fmt::join(shipped_populations(), ", ")));
}

}  // namespace weighin
