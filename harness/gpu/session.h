// Measuring the GPUs of a session: each is measured by a child process, and each result is kept at once.
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
  /// Keeps a row; the caller sets its run and device. An error of the store ends the session.
  std::function<tl::expected<void, std::string>(const Measurement&)> record;
  std::function<tl::expected<void, std::string>(const GpuTuning&)> keep_tuning;
  std::function<void(size_t begun, size_t items)> progress;
};

/// What came of measuring one GPU.
struct GpuOutcome {
  size_t measured = 0;
  bool budget_ended = false;
  std::vector<std::string> failures;  // how children failed, each a sentence
};

/// A child that is silent for this long hangs. An item takes seconds at most, and so does a kernel of the
/// search; the child itself gives up a submission that does not end within 30 s.
inline constexpr std::chrono::seconds longest_silence{60};

/// Measures `job` in a child process, `host.program run-gpu`. Where the child crashes, hangs or loses the
/// GPU, the item that it had begun is recorded as failed with the reason, and another child goes on after
/// that item, a few times (twice where it hung). Items that the budget did not reach are recorded as skipped.
/// Error: what the store said.
tl::expected<GpuOutcome, std::string> measure_in_child(const Host& host, GpuJob job, const GpuHooks& hooks,
                                                       std::chrono::milliseconds silence = longest_silence);

/// The job for `device`. `already` are the rows of the run that is resumed; what they measured is not
/// measured again.
GpuJob job_for(const VulkanDevice& device, double budget_s, std::span<const Measurement> already);

}  // namespace weighin
