// What `weighin accuracy` shows without a table of the user's own.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "results/accuracy/accuracy.h"
#include "results/records/verification.h"

namespace weighin {

struct AccuracyReport {
  std::vector<AccuracyLine> verified;
  std::string split;  // of the shipped rows: "test", "fit", "all"
  size_t doubtful = 0;
  std::vector<AccuracyLine> published;      // without doubtful rows
  std::vector<AccuracyLine> with_doubtful;  // of all rows alone
};
AccuracyReport accuracy_report(std::span<const Verification> verified, const std::string& split);

}  // namespace weighin
