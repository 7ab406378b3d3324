// The job of a child process that measures a GPU, as one line of JSON. harness/child/event.h has what it
// tells.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/plan/plan.h"
#include "results/records/measurement.h"
#include "results/store/store.h"

namespace weighin {

/// The hidden subcommand with which this program runs itself as that child. Its argument is the job.
inline constexpr const char* gpu_child_command = "run-gpu";

/// One GPU that is measured by its plan. The child makes the plan again, so that both know an item by its
/// number in it.
struct GpuJob {
  std::string gpu;       // its id
  std::string driver;    // its name, since several drivers may show the same GPU
  std::string manifest;  // the name of the driver's manifest, where the probe restricted the loader to that
                         // driver; else empty
  bool software = false;
  bool full = false;
  bool allocate = false;  // also find out how much memory can be allocated
  double budget_s = 0;
  uint64_t working_set_bytes = 0;  // of weights, for each format
  /// Of all memory that the GPU may be given; with `allocate`, where the search for the limit starts.
  uint64_t memory_budget_bytes = 0;
  std::string only;       // a regular expression on describe_item(item); bounds are measured in any case
  std::set<size_t> done;  // items that are not measured again
  std::vector<GpuTuning> tuned;  // what an earlier search found
};

/// The whole plan of `job`.
std::vector<PlanItem> gpu_plan(const GpuJob& job);

std::string job_json(const GpuJob& job);
tl::expected<GpuJob, std::string> job_from_json(const std::string& text);

}  // namespace weighin
