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

void add_database_option(CLI::App& command, Invocation& invocation) {
  command.add_option("--db", invocation.database, "The database file (default: below the XDG data folder)")
      ->type_name("FILE");
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
  CLI::App app{
      "weighin weighs this machine in: which language models it can run, how fast, and what binds if not.",
      "weighin"};
  Invocation invocation{.host = this_host(), .program = argv[0], .database = "", .exit_code = exit_yes};
  if (const std::string data = data_folder(invocation.host); !data.empty())
    invocation.database = data + "/weighin.db";
  app.set_version_flag("--version", "weighin " WEIGHIN_VERSION);
  app.require_subcommand(0, 1);
  add_weigh_in(app, invocation);
  for (const Command& command : all_commands()) command.add(app, invocation);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    invocation.exit_code = app.exit(error) == 0 ? exit_yes : exit_error;
  } catch (const std::system_error& error) {  // fmt::print could not write
    fail(invocation, fmt::format("cannot write: {}", error.what()));
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout)) {
    fail(invocation, "cannot write to standard output: it is closed, or its disk is full");
  }
  return invocation.exit_code;
}

}  // namespace weighin
