// Users' devices, counted: a table of names with shares.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "probes/devices/name.h"

namespace weighin {

/// One row of a population: so many users have such a device.
struct PopulationRow {
  std::string name;  // as it stands there
  double weight = 0;
  tl::expected<NamedDevice, std::string> device = tl::unexpected(std::string());  // why it is not known
};

struct Population {
  std::string name;
  std::vector<PopulationRow> rows;
  double weight() const;
};

/// Reads a CSV with the columns `device` and `count` or `share`, in any order, others passed over. A memory
/// size is read in the name, "RTX 3060 (8GB)", or in a column `memory_gib`. Error: what is wrong with the
/// file or with a row's number. A device that no catalogue has is no error: its row says so.
tl::expected<Population, std::string> read_population(const std::string& path);

/// Those built in (results/coverage/populations/population_*.csv), by the word of their file's name: "steam",
/// "phones".
tl::expected<Population, std::string> shipped_population(std::string_view name);
std::vector<std::string> shipped_populations();

}  // namespace weighin
