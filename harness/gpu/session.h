// A session's GPUs: each is measured by a child process, and what it says is kept at once.
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/gpu/job.h"
#include "probes/host/host.h"
#include "results/store/store.h"

namespace weighin {

struct GpuHooks {
  std::function<bool()> stop;
  /// Keeps a row, its run and device set by the caller. Error: the store's, which ends the session.
  std::function<tl::expected<void, std::string>(const Measurement&)> record;
  std::function<tl::expected<void, std::string>(const GpuTuning&)> keep_tuning;
  std::function<void(size_t begun, size_t items)> progress;
};

/// How it went.
struct GpuOutcome {
  size_t measured = 0;
  bool budget_ended = false;
  std::vector<std::string> failures;  // of the child, each a sentence
};

/// A child that says nothing for so long hangs: an item takes seconds at most, and so does a kernel of the
/// search; a submission that does not end is given up by the child itself after 30 s.
inline constexpr std::chrono::seconds longest_silence{60};

/// Measures `job` in a child, `host.program run-gpu`. Where the child crashes, hangs or loses the GPU, the
/// item it had begun is recorded as failed with the reason, and another child goes on behind it, a few times
/// (twice where it hung). What the budget did not reach is recorded as skipped. Error: the store's.
tl::expected<GpuOutcome, std::string> measure_in_child(const Host& host, GpuJob job, const GpuHooks& hooks,
                                                       std::chrono::milliseconds silence = longest_silence);

/// The job for `device`, of which rows `already` were measured by the run that goes on.
GpuJob job_for(const VulkanDevice& device, double budget_s, std::span<const Measurement> already);

}  // namespace weighin
