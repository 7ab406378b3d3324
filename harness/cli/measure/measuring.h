// What `weighin run` and plain `weighin` share: a session of measurements that shows its progress and obeys
// Ctrl-C.
#pragma once

#include <optional>

#include "harness/cli/invocation.h"
#include "harness/cli/measure/engine_kernels.h"
#include "harness/cli/options.h"
#include "harness/run/session.h"

namespace weighin {

/// Adds --budget, which it returns, and --label to a command.
Option add_session_options(Command command, SessionOptions& options);

/// Runs the session, and then measures the kernels of an engine as `engine` says. The first Ctrl-C (or
/// SIGTERM) ends it and keeps what was measured; a second one kills the program. What was kept and every
/// warning are printed on standard error, and the exit code is set where the session was interrupted. Returns
/// nothing where the plan or the store failed, which is printed too.
std::optional<SessionResult> measure_machine(Invocation& invocation, const Machine& machine,
                                             const SessionOptions& options, const EngineOptions& engine);

}  // namespace weighin
