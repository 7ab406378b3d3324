// How right predictions from specs are: held against a table of published rows.
#pragma once

#include <string>
#include <vector>

#include "results/published_row.h"

namespace weighin {

/// Errors of one group of rows in one phase, each device counting once: a row counts 1 / (rows of its device
/// in the group), and one that was not answered is a miss.
struct AccuracyLine {
  std::string phase;  // "decode", "prefill", "memory"
  std::string by;     // "all", "class", "format"
  std::string group;
  size_t rows = 0, devices = 0, unanswered = 0;
  double within_30 = 0;     // share; of memory: not under by more than 5%
  double median_error = 0;  // of |predicted / measured - 1|; infinite where half were not answered
  double covered = 0;       // share of answered rows inside the 80% interval; of memory: 0
  double bias = 0;          // geometric mean of predicted over measured, answered rows
};

/// The error table: each phase, of all rows, by chip class and by format.
std::vector<AccuracyLine> accuracy_of(const PublishedTable& table);

/// For a terminal, and as JSON.
std::string accuracy_text(const std::vector<AccuracyLine>& lines);
std::string accuracy_json(const std::vector<AccuracyLine>& lines);

}  // namespace weighin
