// The HTML report: one file, no network, readable with scripts off.
#pragma once

#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "results/fit.h"

namespace weighin {

/// What the report shows of one device.
struct ReportInput {
  Device device;
  Capacity capacity;
  Question question;
  std::optional<Run> run;  // the newest, for provenance and warnings
  std::vector<Measurement> measurements;
  std::vector<Verdict> best;  // one a model, best format
  std::vector<Verdict> grid;  // reference model of each size class x each format
};

/// The whole file's text.
std::string report_html(const ReportInput& input);

}  // namespace weighin
