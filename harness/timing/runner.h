// The runner: it measures the plan's items through Google Benchmark, each once, then again where the interval
// is wide, and hands over each measurement the moment it is finished.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/plan/plan.h"
#include "harness/timing/benchmark_adapter.h"
#include "harness/timing/measure.h"
#include "harness/timing/working_set.h"
#include "results/records/measurement.h"

namespace weighin {

/// Seconds of the system's steady clock.
double steady_seconds();

struct RunSettings {
  KernelChoice kernels;
  uint64_t working_set_bytes = 0;  // of weights, for each format
  /// Where this is not 0, the working set is found by a test of the machine (working_set.h), from this size
  /// up to `working_set_bytes`.
  uint64_t least_working_set_bytes = 0;
  /// How many formats' weights are held at once. With one, each format is written over the one before it,
  /// which suits a plan that takes format after format.
  uint32_t weight_buffers = 1;
  uint64_t memory_budget_bytes = 0;  // of all weights together, and as much again for activations
  uint64_t cache_bytes = 0;          // of the last-level caches
  std::string storage_folder;        // empty: storage is not measured
  double budget_s = 0;
  bool every_item = false;  // measures each item once, whatever the budget, as bounds are measured
  BenchmarkFlags flags;
  GpuBench* gpu = nullptr;  // for a plan of a GPU
  /// Seconds of a steady clock, by which the budget is kept; a test may give one of its own.
  std::function<double()> now_s = steady_seconds;
};

struct RunProgress {
  enum class Phase : uint8_t { measuring, narrowing };
  Phase phase = Phase::measuring;
  size_t done = 0;  // items that were measured once
  size_t items = 0;
  double elapsed_s = 0;
  double left_s = 0;  // an estimate of the time until the run ends
  std::string what;   // the present item
  const PlanItem* item = nullptr;
};

struct RunHooks {
  std::function<bool()> stop;
  /// Keeps a measurement, in place of an earlier one of the same item. Its error ends the run.
  std::function<tl::expected<void, std::string>(const Measurement&)> record;
  std::function<void(const RunProgress&)> progress;
  /// Is told how the working set was found. May be empty.
  std::function<void(std::span<const WorkingSetTrial>)> working_set{};
};

enum class Outcome : uint8_t {
  finished,     // every item was measured once, or cannot be measured
  budget,       // the budget ended, and some items were skipped
  interrupted,  // stop() ended it
};
std::string_view outcome_name(Outcome outcome);

/// First measures every item in order until the budget is spent; items that are not reached are recorded as
/// skipped. An item gets three to five samples, and more where they differ, for as long as its share of the
/// time that is left lasts. Then, until the budget ends, more samples are taken of the items whose interval
/// is wider than 2%, those with the widest before the others, each time in the plan's order, in which each
/// format's weights are written least often. Bounds are measured whatever the budget. `already` are
/// measurements of an earlier part of this run: their items are not measured again, only narrowed. With flags
/// for Google Benchmark there is one pass, as the flags say. Error: what the store said, or how the GPU
/// failed. Either ends the run, and the present item is not recorded.
tl::expected<Outcome, std::string> run_plan(std::span<const PlanItem> items,
                                            std::span<const Measurement> already, const RunSettings& settings,
                                            const RunHooks& hooks);

}  // namespace weighin
