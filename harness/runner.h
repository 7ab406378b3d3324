// The runner: times the plan's items through Google Benchmark and writes each down the moment it is done.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/plan.h"
#include "kernels/kernel.h"
#include "results/measurement.h"

namespace weighin {

/// One item measured: checked against the reference first (64 sampled outputs), then timed `repetitions`
/// times. Status and reason say what came of it; nothing here fails otherwise.
Measurement measure(const PlanItem& item, Workbench& bench, const Simd& simd, unsigned repetitions);

struct RunProgress {
  size_t done = 0;
  size_t items = 0;
  double elapsed_s = 0;
};

/// Measures `items` in order until `budget_s` is spent or `stop()` says so; what is not reached is recorded
/// as skipped
/// ("budget" or "interrupted"). Every measurement goes to `record` at once; its error ends the run. Returns
/// "finished", "budget" or "interrupted".
tl::expected<std::string, std::string> run_plan(
    std::span<const PlanItem> items, const Simd& simd, uint64_t working_set_bytes,
    uint64_t memory_budget_bytes, double budget_s, const std::function<bool()>& stop,
    const std::function<tl::expected<void, std::string>(const Measurement&)>& record,
    const std::function<void(const RunProgress&)>& progress);

}  // namespace weighin
