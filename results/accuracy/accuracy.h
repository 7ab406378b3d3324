// How right predictions are: measured numbers beside what was predicted of them, as an error table.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "results/text/interval.h"

namespace weighin {

/// What was measured and predicted.
enum class Quantity : uint8_t { decode, prefill, memory };
std::string_view quantity_name(Quantity quantity);  // "decode", "prefill", "memory"

/// One measured number and what was predicted for it.
struct Scored {
  Quantity quantity = Quantity::decode;
  std::string unit;  // what counts once, however many of its numbers there are: a device
  std::vector<std::pair<std::string, std::string>> groups;  // {"class", "apple"}, {"format", "q4_k"}
  double measured = 0;
  double predicted = 0;      // 0: not answered
  double low = 0, high = 0;  // 80% interval
};

/// Adds `common` with what was measured of one quantity and predicted for it; nothing where it was not
/// measured.
void add_scored(std::vector<Scored>& to, const Scored& common, Quantity quantity, double measured,
                const Interval& predicted);

/// The errors of one group in one quantity. Each unit counts once: a row counts 1 / (rows of its unit in the
/// group). A row that was not answered is a miss.
struct AccuracyLine {
  Quantity quantity = Quantity::decode;
  std::string by;     // "all", or a group's kind: "class", "format", "engine"
  std::string group;  // "all", or a group's name
  size_t rows = 0, units = 0, unanswered = 0;
  double within_30 = 0;     // share; of memory: not under by more than 5%
  double median_error = 0;  // of |predicted / measured - 1|; infinite where half were not answered
  double covered = 0;       // share of answered rows inside the 80% interval; of memory: 0
  double bias = 0;          // geometric mean of predicted over measured, answered rows
};

/// The error table: each quantity, of all rows and by every kind of group.
std::vector<AccuracyLine> accuracy_of(std::span<const Scored> scored);

/// The line of all rows of `quantity`; nullptr: there is none.
const AccuracyLine* line_of_all(std::span<const AccuracyLine> lines, Quantity quantity);

}  // namespace weighin
