// The HTML report: one file that needs no network and is readable with scripts off.
#pragma once

#include <string>

#include "results/report/input.h"

namespace weighin {

/// The text of the whole file: HTML with its style, script and data inside. Names and labels are escaped. A
/// part that is missing (no run, no measurements) is named as missing.
std::string report_html(const ReportInput& input);

}  // namespace weighin
