// How right predictions are: measured numbers beside what was predicted of them, as an error table.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "results/text/interval.h"

namespace weighin {

/// One measured number and what was predicted for it.
struct Scored {
  std::string phase;  // "decode", "prefill", "memory"
  std::string unit;   // what counts once, however many of its numbers there are: a device
  std::vector<std::pair<std::string, std::string>> groups;  // {"class", "apple"}, {"format", "q4_k"}
  double measured = 0;
  double predicted = 0;      // 0: not answered
  double low = 0, high = 0;  // 80% interval
};

/// Adds `common` with what was measured of one phase and predicted for it; nothing where it was not measured.
void add_scored(std::vector<Scored>& to, const Scored& common, std::string_view phase, double measured,
                const Interval& predicted);

/// The errors of one group in one phase. Each unit counts once: a row counts 1 / (rows of its unit in the
/// group). A row that was not answered is a miss.
struct AccuracyLine {
  std::string phase;
  std::string by;     // "all", or a group's kind: "class", "format", "engine"
  std::string group;  // "all", or a group's name
  size_t rows = 0, units = 0, unanswered = 0;
  double within_30 = 0;     // share; of memory: not under by more than 5%
  double median_error = 0;  // of |predicted / measured - 1|; infinite where half were not answered
  double covered = 0;       // share of answered rows inside the 80% interval; of memory: 0
  double bias = 0;          // geometric mean of predicted over measured, answered rows
};

/// The error table: each phase, of all rows and by every kind of group.
std::vector<AccuracyLine> accuracy_of(std::span<const Scored> scored);

/// The line of all rows in `phase`; nullptr: there is none.
const AccuracyLine* line_of_all(std::span<const AccuracyLine> lines, std::string_view phase);

}  // namespace weighin
