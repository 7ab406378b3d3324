// What every command shares while one command line is carried out.
#pragma once

#include <string>

#include "probes/host/host.h"

namespace weighin {

inline constexpr int exit_yes = 0;
inline constexpr int exit_no = 1;
inline constexpr int exit_error = 2;
/// After Ctrl-C, as shells have it: 128 + SIGINT.
inline constexpr int exit_interrupted = 130;

/// The exit codes in words, for --help. They are written down here alone.
inline constexpr const char* exit_codes_text =
    "Exit codes\n"
    "  0    yes: the model fits, or the command did what it was asked\n"
    "  1    no: the model does not fit, or the verdict on it is unknown\n"
    "  2    an error, such as an option or a name that is not known\n"
    "  130  interrupted by Ctrl-C; what was measured until then is kept";

/// One run of the program.
struct Invocation {
  Host host;
  std::string program;       // argv[0], by which the program starts its own child processes
  std::string database;      // --db, else below the XDG data folder
  bool json = false;         // --json
  bool csv = false;          // --csv of the commands that answer with rows
  int exit_code = exit_yes;  // set by the command that ran
};

/// $XDG_DATA_HOME/weighin, else ~/.local/share/weighin (XDG Base Directory Specification 0.8). It is empty
/// when neither variable is set.
std::string data_folder(const Host& host);

/// Says `message` on standard error as "weighin: ..." and sets the exit code for errors.
void fail(Invocation& invocation, const std::string& message);

/// The columns of the terminal that `descriptor` (of standard output or error) is, or `otherwise` where it is
/// none.
unsigned terminal_columns(int descriptor, unsigned otherwise);

}  // namespace weighin
