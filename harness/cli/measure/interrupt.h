// Ctrl-C during a command that measures.
#pragma once

namespace weighin {

/// From now on the first Ctrl-C (SIGINT) or SIGTERM is noted and stops the child process that is running; a
/// second one kills the program.
void watch_for_interrupt();

/// Whether there was one.
bool interrupted();

}  // namespace weighin
