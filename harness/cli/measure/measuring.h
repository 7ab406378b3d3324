// What `weighin run` and plain `weighin` share: a session with its progress shown, and Ctrl-C obeyed.
#pragma once

#include <optional>

#include "harness/cli/command.h"
#include "harness/run/session.h"

namespace weighin {

/// Exit code after Ctrl-C, as shells have it: 128 + SIGINT.
inline constexpr int exit_interrupted = 130;

/// Adds --budget, which it returns, and --label to a command.
Option add_session_options(Command command, SessionOptions& options);

/// Runs the session. The first Ctrl-C (or SIGTERM) ends it and keeps what was measured, a second one kills.
/// Nothing, with the error said, when the plan or the store failed; says what was kept and every warning on
/// standard error, and sets the exit code when it was interrupted.
std::optional<SessionResult> measure_machine(Invocation& invocation, const Machine& machine,
                                             const SessionOptions& options);

}  // namespace weighin
