#include "harness/cli/run_command_line.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <system_error>

#include "harness/cli/all_commands.h"

namespace weighin {

int run_command_line(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe then fails a write and does not end a run that measures
  Invocation invocation{.host = this_host(), .program = argv[0], .database = ""};
  if (const std::string data = data_folder(invocation.host); !data.empty())
    invocation.database = data + "/weighin.db";
  CommandLine line(
      "weighin",
      "weighin weighs this machine in: which language models it can run, how fast, and what binds if not.",
      "weighin " WEIGHIN_VERSION);
  add_all_commands(line, invocation);
  try {
    if (const auto action = line.parse(argc, argv))
      (*action)();
    else
      invocation.exit_code = action.error() ? exit_yes : exit_error;
  } catch (const std::system_error& error) {  // fmt::print could not write
    fail(invocation, fmt::format("cannot write: {}", error.what()));
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout)) {
    fail(invocation, "cannot write to standard output: it is closed, or its disk is full");
  }
  return invocation.exit_code;
}

}  // namespace weighin
