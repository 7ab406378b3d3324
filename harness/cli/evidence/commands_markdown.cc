#include "harness/cli/evidence/commands_markdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace weighin {
namespace {

/// Without blanks at the ends of lines, and with one end of line at the end of the text.
std::string trimmed(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out.resize(out.find_last_not_of(' ') + 1);
    out += c;
  }
  out.resize(out.find_last_not_of(" \n") + 1);
  return out + "\n";
}

std::string markdown(const std::vector<CommandHelp>& commands) {
  std::string text =
      "<!-- Made by `weighin commands-markdown`; a test holds this page to the program's own help. -->\n"
      "# Commands\n\n"
      "What `--help` says of every command, with the exit codes and the options that all commands share.\n";
  std::string heading;
  for (const CommandHelp& command : commands) {
    const auto words = 1 + std::count(command.name.begin(), command.name.end(), ' ');
    if (words == 2 && command.heading != heading) {
      heading = command.heading;
      text += fmt::format("\n## {}\n", heading);
    }
    text += fmt::format("\n{} {}\n\n```text\n{}```\n",
                        words == 1   ? "##"
                        : words == 2 ? "###"
                                     : "####",
                        command.name, trimmed(command.text));
  }
  return text;
}

}  // namespace

Command add_commands_markdown(Command program, Invocation&) {
  const Command command = program.subcommand("commands-markdown", "Print docs/commands.md");
  command.action([program] { std::fputs(markdown(program.help()).c_str(), stdout); });
  return command;
}

}  // namespace weighin
