// A session: this machine is measured by the plan, and everything is kept in the store with its provenance.
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
  std::string made_by;  // what measures where it is not `weighin run`; the store then keeps it as the options
  std::string only;     // a regular expression on describe_item(item); bounds are measured in any case
  uint32_t threads = 0;  // 0: all usable threads
  std::string label;     // empty: the one in the store, or else the name of the board or CPU and a short id
  bool resume = false;
  bool full = false;
  bool every_item = false;      // measure each item once, whatever the budget
  bool cpu_alone = false;       // measure no GPU
  bool force_software = false;  // measure software GPUs too, for tests
  bool allocate = false;        // also find out how much of a GPU's memory can be allocated
  KernelChoice kernels = kernels_here();
  BenchmarkFlags flags;
};

struct SessionResult {
  int64_t run = 0;
  Outcome outcome = Outcome::finished;
  bool resumed = false;
  std::array<size_t, 5> rows{};  // numbers of rows by Status
  std::vector<std::string> warnings;
  std::optional<SlabScaling> scaling;
  std::vector<WorkingSetTrial> working_set;  // how the working set was found; empty: it was not searched for
  std::vector<std::string> gpus;             // how each went, a sentence each
};

/// The items that the session measures of `machine`: the plan that fits into its memory, restricted to
/// `options.only`. Error: `only` is no regular expression.
tl::expected<std::vector<PlanItem>, std::string> session_plan(const Machine& machine,
                                                              const SessionOptions& options);

/// Measures `items`, then the machine's GPUs, each in a child process, and keeps every measurement in
/// `database` the moment it is finished. With `options.resume` the device's last run goes on where it was
/// left, if this version of weighin left it before its end; otherwise a new run begins. Error: what the store
/// said; it keeps what was written before.
tl::expected<SessionResult, std::string> run_session(const Host& host, const Machine& machine,
                                                     const std::string& database,
                                                     const std::vector<PlanItem>& items,
                                                     const SessionOptions& options,
                                                     const std::function<bool()>& stop,
                                                     const std::function<void(const RunProgress&)>& progress);

}  // namespace weighin
