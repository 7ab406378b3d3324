// The program itself, for main().
#pragma once

namespace weighin {

/// Parses argv, carries out the command that it names (the whole weigh-in where it names none) and returns
/// the exit code.
int run_command_line(int argc, char** argv);

}  // namespace weighin
