#include "results/accuracy/report.h"

#include <algorithm>

#include "results/accuracy/published.h"
#include "results/accuracy/verified.h"

namespace weighin {

AccuracyReport accuracy_report(std::span<const Verification> verified, const std::string& split) {
  AccuracyReport report;
  report.verified = accuracy_of_runs(verified);
  report.split = split;
  const std::string only = split == "all" ? "" : split;
  for (const PublishedRow& row : shipped_rows().rows())
    report.doubtful += is_doubtful(row) && (only.empty() || row.split == only);
  report.published = accuracy_of_rows(shipped_rows(), {only, false});
  for (const AccuracyLine& line : accuracy_of_rows(shipped_rows(), {only, true}))
    if (line.by == "all") report.with_doubtful.push_back(line);
  return report;
}

}  // namespace weighin
