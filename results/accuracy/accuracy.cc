#include "results/accuracy/accuracy.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace weighin {
namespace {

/// A prediction of memory below this share of the measured memory is too low by more than the 5% that are
/// allowed.
constexpr double least_memory_share = 0.95;
constexpr double far_off = 0.30;

double weighted_median(std::vector<std::pair<double, double>> values) {
  std::sort(values.begin(), values.end());
  double all = 0, sum = 0;
  for (const auto& value : values) all += value.second;
  for (const auto& value : values)
    if ((sum += value.second) >= all / 2) return value.first;
  return 0;
}

AccuracyLine line_of(Quantity quantity, const std::string& by, const std::string& group,
                     const std::vector<const Scored*>& rows) {
  AccuracyLine line{.quantity = quantity, .by = by, .group = group, .rows = rows.size()};
  std::map<std::string_view, size_t> rows_of;
  for (const Scored* row : rows) ++rows_of[row->unit];
  line.units = rows_of.size();
  const bool memory = quantity == Quantity::memory;
  double all = 0, answered = 0, logarithms = 0;
  std::vector<std::pair<double, double>> errors;
  for (const Scored* row : rows) {
    const double weight = 1.0 / static_cast<double>(rows_of[row->unit]);
    all += weight;
    if (row->predicted <= 0) {
      ++line.unanswered;
      errors.emplace_back(std::numeric_limits<double>::infinity(), weight);
      continue;
    }
    const double ratio = row->predicted / row->measured, error = std::abs(ratio - 1);
    answered += weight;
    errors.emplace_back(error, weight);
    logarithms += weight * std::log(ratio);
    if (memory ? ratio >= least_memory_share : error <= far_off) line.within_30 += weight;
    if (!memory && row->measured >= row->low && row->measured <= row->high) line.covered += weight;
  }
  line.within_30 /= all;
  if (answered > 0) line.covered /= answered, line.bias = std::exp(logarithms / answered);
  line.median_error = weighted_median(std::move(errors));
  return line;
}

}  // namespace

std::string_view quantity_name(Quantity quantity) {
  switch (quantity) {
    case Quantity::decode:
      return "decode";
    case Quantity::prefill:
      return "prefill";
    case Quantity::memory:
      return "memory";
  }
  return "";
}

void add_scored(std::vector<Scored>& to, const Scored& common, Quantity quantity, double measured,
                const Interval& predicted) {
  if (measured <= 0) return;
  Scored scored = common;
  scored.quantity = quantity;
  scored.measured = measured;
  scored.low = predicted.low;
  scored.predicted = predicted.mid;
  scored.high = predicted.high;
  to.push_back(std::move(scored));
}

std::vector<AccuracyLine> accuracy_of(std::span<const Scored> scored) {
  std::vector<AccuracyLine> lines;
  for (const Quantity quantity : {Quantity::decode, Quantity::prefill, Quantity::memory}) {
    std::vector<const Scored*> all;
    std::vector<std::string> kinds;  // in the order in which the rows name them
    std::map<std::pair<std::string, std::string>, std::vector<const Scored*>> groups;
    for (const Scored& row : scored) {
      if (row.quantity != quantity) continue;
      all.push_back(&row);
      for (const auto& group : row.groups) {
        groups[group].push_back(&row);
        if (std::find(kinds.begin(), kinds.end(), group.first) == kinds.end()) kinds.push_back(group.first);
      }
    }
    if (all.empty()) continue;
    lines.push_back(line_of(quantity, "all", "all", all));
    for (const std::string& kind : kinds)
      for (const auto& [group, rows] : groups)
        if (group.first == kind) lines.push_back(line_of(quantity, kind, group.second, rows));
  }
  return lines;
}

const AccuracyLine* line_of_all(std::span<const AccuracyLine> lines, Quantity quantity) {
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const AccuracyLine& line) {
    return line.by == "all" && line.quantity == quantity;
  });
  return found == lines.end() ? nullptr : &*found;
}

}  // namespace weighin
