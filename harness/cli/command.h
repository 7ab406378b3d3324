// Subcommands: each file of this folder adds one to the command line; all_commands.cc lists them.
#pragma once

#include <string>

#include "harness/cli/options.h"
#include "probes/host/host.h"

namespace weighin {

/// Exit codes: 0 yes, 1 no (a named model does not fit), 2 an error.
inline constexpr int exit_yes = 0;
inline constexpr int exit_no = 1;
inline constexpr int exit_error = 2;

/// What every subcommand shares while one command line is carried out.
struct Invocation {
  Host host;
  std::string program;       // argv[0], for the probe's child process
  std::string database;      // --db, else under the XDG data folder
  int exit_code = exit_yes;  // set by the subcommand that ran
};

/// A row of the table of commands: `add` adds the command to `program`; its action sets invocation.exit_code.
struct CommandRow {
  const char* name;
  void (*add)(Command program, Invocation& invocation);
};

/// $XDG_DATA_HOME/weighin, else ~/.local/share/weighin (XDG Base Directory Specification 0.8); empty when
/// neither variable is set.
std::string data_folder(const Host& host);

/// Adds --db to a subcommand.
void add_database_option(Command command, Invocation& invocation);

/// Says `message` on standard error as "weighin: ..." and sets the exit code for errors.
void fail(Invocation& invocation, const std::string& message);

/// Columns of the terminal that `descriptor` (of standard output or error) is, or `otherwise`.
unsigned terminal_columns(int descriptor, unsigned otherwise);

/// Plain `weighin`, where no subcommand is named: the whole weigh-in. Adds its options to `program` itself.
void add_weigh_in(Command program, Invocation& invocation);

/// Parses argv, runs the subcommand (plain `weighin`: the whole weigh-in), returns the exit code.
int run_command_line(int argc, char** argv);

}  // namespace weighin
