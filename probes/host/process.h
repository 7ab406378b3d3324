// Runs another program so that it cannot harm this one.
#pragma once

#include <chrono>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "probes/host/host.h"

namespace weighin {

/// Runs arguments[0] with the rest as its arguments and waits for at most `limit`. Then the whole process
/// group is killed. Standard input is empty and standard error is discarded. The first 1 MiB of standard
/// output is kept; the rest is read and dropped. Error: why it could not be started, as a sentence.
tl::expected<ProcessResult, std::string> run_process(const std::vector<std::string>& arguments,
                                                     std::chrono::milliseconds limit);

/// The same, but hands over each whole line of standard output as it comes. The program is ended when
/// `on_line` returns false, or when it has written nothing for `silence`. No output is kept.
tl::expected<ProcessResult, std::string> stream_process(const std::vector<std::string>& arguments,
                                                        std::chrono::milliseconds silence,
                                                        const LineReader& on_line);

/// Ends the program that runs now, with its process group. May be called from a signal handler.
void stop_running_process() noexcept;

}  // namespace weighin
