// The error table for a terminal, and as JSON.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "results/accuracy/accuracy.h"
#include "results/accuracy/report.h"

namespace weighin {

/// For a terminal. `unit`: what counts once, "device".
std::string accuracy_text(std::span<const AccuracyLine> lines, std::string_view unit = "device");
std::string accuracy_json(std::span<const AccuracyLine> lines);

std::string accuracy_report_text(const AccuracyReport& report);
std::string accuracy_report_json(const AccuracyReport& report);

}  // namespace weighin
