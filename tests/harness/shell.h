// Programs run as a shell runs them, for tests from outside.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

namespace weighin {

struct ShellOutcome {
  int exit_code = -1;  // 128 + the signal where one ended it, as shells have it; -1 if it could not be run
  std::string output;
};

/// Programs that tests start measure no engine, whichever are installed, unless they are told one.
inline const bool without_engine = setenv("WEIGHIN_ENGINE", "none", 0) == 0;

/// Runs `command` with sh and waits; standard output only, unless the command joins the other to it.
inline ShellOutcome shell(const std::string& command) {
  ShellOutcome outcome;
  FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) return outcome;
  std::array<char, 4096> part{};
  while (const size_t count = fread(part.data(), 1, part.size(), pipe))
    outcome.output.append(part.data(), count);
  const int status = pclose(pipe);
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

/// One word of a shell's command line, whatever stands in it: a path may hold spaces.
inline std::string shell_word(const std::string& word) {
  std::string text = "'";
  for (const char letter : word) text += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return text + "'";
}

/// The JSON object that a command printed, which must have ended with `exit_code`.
inline nlohmann::json answer(const ShellOutcome& outcome, int exit_code = 0) {
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome.output;
  nlohmann::json printed = nlohmann::json::parse(outcome.output, nullptr, false);
  EXPECT_TRUE(printed.is_object()) << outcome.output;
  return printed;
}

/// That of `weighin ARGUMENTS`.
inline nlohmann::json answer(const std::string& arguments, int exit_code = 0) {
  SCOPED_TRACE(arguments);
  return answer(shell("'" WEIGHIN_BINARY "' " + arguments), exit_code);
}

}  // namespace weighin
