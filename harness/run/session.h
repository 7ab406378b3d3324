// A session: this machine measured by the plan, and all of it kept in the store with its provenance.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/plan/scaling.h"
#include "harness/timing/runner.h"
#include "probes/host/host.h"
#include "probes/machine/machine.h"

namespace weighin {

struct SessionOptions {
  double budget_s = 90;
  std::string only;      // regular expression on describe(item); bounds are measured whatever it says
  uint32_t threads = 0;  // 0: all usable ones
  std::string label;     // empty: as the store has it, else board or CPU name and a short id
  bool resume = false;
  bool full = false;
  bool every_item = false;      // once, whatever the budget
  bool cpu_alone = false;       // no GPU is measured
  bool force_software = false;  // also software GPUs, for tests
  bool allocate = false;        // also how much of a GPU's memory can be had
  BenchmarkFlags flags;
};

struct SessionResult {
  int64_t run = 0;
  Outcome outcome = Outcome::finished;
  bool resumed = false;
  std::array<size_t, 5> rows{};  // by Status
  std::vector<std::string> warnings;
  std::optional<SlabScaling> scaling;
  std::vector<std::string> gpus;  // how each went, a sentence
};

/// What the session measures of `machine`: the plan within its memory, cut to `options.only`. Error: `only`
/// is no regular expression.
tl::expected<std::vector<PlanItem>, std::string> session_plan(const Machine& machine,
                                                              const SessionOptions& options);

/// The GPUs a session measures: those that are no software, or all with `options.force_software`.
std::vector<const VulkanDevice*> gpus_to_measure(const Machine& machine, const SessionOptions& options);

/// Measures `items`, then the machine's GPUs, each in a child process, and keeps every measurement in
/// `database` the moment it is done. With `options.resume` the device's last run goes on where it was left,
/// if it was left before its end by this version of weighin; else a new one starts. Error: the store, which
/// keeps what was written before.
tl::expected<SessionResult, std::string> run_session(const Host& host, const Machine& machine,
                                                     const std::string& database,
                                                     const std::vector<PlanItem>& items,
                                                     const SessionOptions& options,
                                                     const std::function<bool()>& stop,
                                                     const std::function<void(const RunProgress&)>& progress);

}  // namespace weighin
