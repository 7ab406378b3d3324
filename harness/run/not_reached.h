// What a run did not reach before its budget ended or it was interrupted, told by size class.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/plan/plan.h"
#include "results/records/measurement.h"

namespace weighin {

/// The rows that are kept in the store for `skipped`, the rows of problems that a run did not reach. A
/// hundred or fewer are kept as they are. More are told by one row for each operation, format and thread
/// count: the first problem of each, with the size classes of all of them.
std::vector<Measurement> rows_of_not_reached(std::vector<Measurement> skipped);

/// "the time ended before all was measured; the rest is priced from what was: 30B (40 of 120 problems
/// measured, decode and prefill in 6 of 18 formats), ...": every class of `items` that lacks something, where
/// `skipped` are those that were not measured. Empty where nothing lacks.
std::string sentence_of_not_reached(std::span<const PlanItem> items, std::span<const Measurement> skipped);

}  // namespace weighin
