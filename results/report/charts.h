// The data of the report's charts.
#pragma once

#include <string>

#include "results/report/input.h"

namespace weighin {

/// What report.js draws, as JSON that is safe inside a script element. Memory is in GiB:
/// {memory: {limit_gib, kind, models: [{model, format, answer, fits, weights, kv, other, peak}]},
///  speed: {runs, well, models: [{model, format, answer, fits, low, mid, high}]},
///  rooflines: [{on, gpu, bytes_per_s, peaks: [{name, ops_per_s}],
///               points: [{kernel, problem, group, intensity, ops_per_s, fraction}]}]}
std::string charts_json(const ReportInput& input);

}  // namespace weighin
