// Predictions for a table of rows, as a table.
#pragma once

#include <string>

#include "results/spec/published_row.h"

namespace weighin {

/// One row a row of `table`, RFC 4180: row (from 0), tg_tps, tg_low, tg_high, pp_tps, pp_low, pp_high
/// (tokens/s, 80% intervals), mem_gib, basis, why. A row that cannot be answered has blanks and why.
std::string predicted_csv(const PublishedTable& table);

}  // namespace weighin
