// Measuring the kernels of an engine that is on this machine: its libraries run in a child process, and each
// result is kept at once.
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "harness/engines/ggml/job.h"
#include "probes/host/host.h"
#include "results/records/measurement.h"

namespace weighin {

struct EngineHooks {
  std::function<bool()> stop;
  /// Keeps a row; the caller sets its run and device. An error of the store ends the session.
  std::function<tl::expected<void, std::string>(const Measurement&)> record;
  std::function<void(size_t begun, size_t items)> progress;
  /// For a GPU: the id under which its rows are kept; empty: it is not to be measured. Not called for the
  /// CPU.
  std::function<std::string(const OpenedEngine&)> gpu_id{};
};

/// What came of measuring an engine on one device.
struct EngineOutcome {
  OpenedEngine opened;     // without a name where its libraries could not be opened
  bool no_device = false;  // the libraries have fewer devices than the job's
  size_t measured = 0, skipped = 0, wrong = 0;
  std::vector<std::string> failures;  // how children failed, each a sentence
};

/// A child that is silent for this long hangs: a problem takes seconds at most.
inline constexpr std::chrono::seconds longest_engine_silence{30};

/// Measures `job` in a child process, `host.program run-engine`. Where the child crashes (ggml ends its
/// process where an assertion fails) or hangs, the item that it had begun is recorded as failed with the
/// reason, and another child goes on after that item, a few times. `already` are rows of the same run: what
/// they measured on the CPU is not measured there again. Error: what the store said.
tl::expected<EngineOutcome, std::string> measure_engine_in_child(
    const Host& host, EngineJob job, std::span<const Measurement> already, const EngineHooks& hooks,
    std::chrono::milliseconds silence = longest_engine_silence);

}  // namespace weighin
