// Coverage for a terminal, as JSON and as CSV.
#pragma once

#include <optional>
#include <string>

#include "results/coverage/coverage.h"

namespace weighin {

/// For a terminal. `link_bits_s`: download times are said for it.
std::string coverage_text(const Coverage& coverage, std::optional<double> link_bits_s);
std::string coverage_json(const Coverage& coverage, std::optional<double> link_bits_s);
/// One line a row of the population.
std::string coverage_csv(const Coverage& coverage);

}  // namespace weighin
