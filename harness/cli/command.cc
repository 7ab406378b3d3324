#include "harness/cli/command.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <system_error>

#include "harness/cli/all_commands.h"

namespace weighin {
std::string data_folder(const Host& host) {
  if (const auto data = host.environment("XDG_DATA_HOME"); data && !data->empty()) return *data + "/weighin";
  if (const auto home = host.environment("HOME"); home && !home->empty())
    return *home + "/.local/share/weighin";
  return "";
}

void add_database_option(Command command, Invocation& invocation) {
  command.option("--db", &invocation.database, "The database file (default: below the XDG data folder)")
      .type_name("FILE");
}

unsigned terminal_columns(int descriptor, unsigned otherwise) {
  winsize size{};
  const bool known = isatty(descriptor) && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : otherwise;
}

void fail(Invocation& invocation, const std::string& message) {
  std::fflush(stdout);
  std::fputs(fmt::format("weighin: {}\n", message).c_str(), stderr);  // never throws, unlike fmt::print
  invocation.exit_code = exit_error;
}

int run_command_line(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a failed write, not the end of a run that measures
  CommandLine line(
      "weighin",
      "weighin weighs this machine in: which language models it can run, how fast, and what binds if not.",
      "weighin " WEIGHIN_VERSION);
  Invocation invocation{.host = this_host(), .program = argv[0], .database = "", .exit_code = exit_yes};
  if (const std::string data = data_folder(invocation.host); !data.empty())
    invocation.database = data + "/weighin.db";
  add_weigh_in(line.program(), invocation);
  for (const CommandRow& row : all_commands()) row.add(line.program(), invocation);
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
