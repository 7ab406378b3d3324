// Running another program without letting it harm this one.
#pragma once

#include <chrono>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "probes/host/host.h"

namespace weighin {

/// Runs arguments[0] with the rest as its arguments and waits at most `limit`; then the whole process group
/// is killed. Standard input is empty, standard error is discarded, of standard output the first 1 MiB is
/// kept and the rest read and dropped. Error: a sentence saying why it could not be started.
tl::expected<ProcessResult, std::string> run_process(const std::vector<std::string>& arguments,
                                                     std::chrono::milliseconds limit);

/// The same, but hands over each whole line of standard output as it comes; the program ends when `on_line`
/// says false, or has said nothing for `silence`. No output is kept.
tl::expected<ProcessResult, std::string> stream_process(const std::vector<std::string>& arguments,
                                                        std::chrono::milliseconds silence,
                                                        const LineReader& on_line);

/// Ends the program that runs now, with its group; may be called from a signal handler.
void stop_running_process() noexcept;

}  // namespace weighin
