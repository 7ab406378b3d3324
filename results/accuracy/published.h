// Published rows that ship with weighin, and which rows of a table are scored.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "results/accuracy/accuracy.h"
#include "results/spec/published_row.h"

namespace weighin {

/// Which rows are scored.
struct RowChoice {
  std::string split;     // of the column of that name; empty: any
  bool doubtful = true;  // those whose note begins with "doubtful: " as well
};

bool is_doubtful(const PublishedRow& row);

/// results/accuracy/published/rows.csv; read once a process.
const PublishedTable& shipped_rows();

/// The errors of predictions from specifications for the rows of a published table. Each device counts
/// once. By class and by format.
std::vector<AccuracyLine> accuracy_of_rows(const PublishedTable& table, const RowChoice& choice = {});

}  // namespace weighin
