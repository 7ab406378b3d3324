// The report's answer in one line, and the sentence below it.
#pragma once

#include <string>
#include <utility>

#include "results/report/input.h"

namespace weighin {

/// The answer as a headline ("pi5-07 runs the 1B class well"), and a sentence that says which model and how
/// fast.
std::pair<std::string, std::string> report_headline(const ReportInput& input);

}  // namespace weighin
