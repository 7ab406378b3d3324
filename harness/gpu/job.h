// The protocol between the program and the child process that measures a GPU: a job for the child, and events
// from it. Each is one line of JSON.
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

/// What the child does, as it does it.
struct GpuEvent {
  enum class Kind : uint8_t {
    opened,    // `text`: the GPU and its driver
    began,     // `item`: the item that it begins; `items`: how many there are
    measured,  // `row`: the measurement of item `item`, or of an allocation where there is no item
    tuned,     // `tuning`: what the search found
    failed,    // `text`: why the GPU is lost or could not be opened; the child ends
    finished,  // `text`: the outcome's name
  };
  Kind kind = Kind::finished;
  std::optional<size_t> item{};
  size_t items = 0;
  Measurement row{};  // without problem, size classes, device and run, which the item has
  GpuTuning tuning{};
  std::string text{};
};

std::string job_json(const GpuJob& job);
tl::expected<GpuJob, std::string> job_from_json(const std::string& text);
std::string event_json(const GpuEvent& event);
/// Error: the line is no event.
tl::expected<GpuEvent, std::string> event_from_json(const std::string& line);

}  // namespace weighin
