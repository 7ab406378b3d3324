// `--engine` of `weighin run` and plain `weighin`: the kernels of an engine that is on this machine, measured
// after weighin's own.
#pragma once

#include <cstdint>
#include <string>

#include "harness/cli/invocation.h"
#include "harness/cli/options.h"
#include "harness/run/session.h"

namespace weighin {

struct EngineOptions {
  std::string libraries = "auto";  // "auto", "none" or a path (harness/engines/ggml/find_libraries.h)
  double budget_s = 0;             // 0: 60 s beside the 90 s of the reference kernels, and in this proportion
};

/// Adds --engine and --engine-budget to a command.
void add_engine_options(Command command, EngineOptions& options);

/// Measures the engine's kernels and keeps the rows with those of run `run`. Says on standard error what came
/// of it. Returns false where it failed as a whole (a path without libraries, the store), which is printed
/// too.
bool measure_engine_kernels(Invocation& invocation, const Machine& machine, const SessionOptions& session,
                            int64_t run, const EngineOptions& options);

}  // namespace weighin
