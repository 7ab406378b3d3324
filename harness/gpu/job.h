// What the program says to the child that measures a GPU, and what it hears back: JSON, a line each.
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

/// The hidden subcommand with which this program is run again as that child; its argument is the job.
inline constexpr const char* gpu_child_command = "run-gpu";

/// One GPU measured by its plan. The child makes the plan anew: an item is known by its number in it.
struct GpuJob {
  std::string gpu;       // id
  std::string driver;    // its name: others may show the same GPU
  std::string manifest;  // file's name, where the probe held the loader to that driver; empty: it did not
  bool software = false;
  bool full = false;
  bool allocate = false;  // also find out how much can be had
  double budget_s = 0;
  uint64_t working_set_bytes = 0;    // of weights a format
  uint64_t memory_budget_bytes = 0;  // of all the GPU may be given; for `allocate`, where to start
  std::string only;              // regular expression on describe(item); bounds are measured whatever it says
  std::set<size_t> done;         // items that are not measured anew
  std::vector<GpuTuning> tuned;  // by an earlier search
};

/// The plan of `job`, uncut.
std::vector<PlanItem> gpu_plan(const GpuJob& job);

/// What the child does, as it does it.
struct GpuEvent {
  enum class Kind : uint8_t {
    opened,    // `text`: the GPU and its driver
    began,     // item `item`; `items`: how many there are
    measured,  // `row`, of item `item`; of none: an allocation
    tuned,     // `tuning`
    failed,    // `text`: the GPU is lost, or could not be opened; the child ends
    finished,  // `text`: the outcome's name
  };
  Kind kind = Kind::finished;
  std::optional<size_t> item{};
  size_t items = 0;
  Measurement row{};  // problem, size classes, device, run: as its item has them
  GpuTuning tuning{};
  std::string text{};
};

std::string job_json(const GpuJob& job);
tl::expected<GpuJob, std::string> job_from_json(const std::string& text);
std::string event_json(const GpuEvent& event);
/// Error: it is no event.
tl::expected<GpuEvent, std::string> event_from_json(const std::string& line);

}  // namespace weighin
