// Commands and their options, declared without CLI11's headers, which cost about 15 s of compiling in every
// file that includes them: options.cc is the only one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <variant>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace weighin {

/// The variable that an option sets. Its value before parsing is the option's default.
using Variable = std::variant<std::string*, double*, uint32_t*, uint64_t*, std::vector<std::string>*,
                              std::vector<uint32_t>*>;

/// The units that a number may be followed by, whatever their case, each with the factor it stands for. A
/// bare number is taken as it is.
struct Units {
  std::vector<std::pair<std::string, double>> factors;
  std::string name = "UNIT";        // what --help calls such a value
  std::string dropped_ending = "";  // taken off a value before it is read, such as "/s"
};

/// One option of a command. A handle: copies mean the same option, which lives as long as its CommandLine.
/// Every function but `given` returns the handle itself.
class Option {
 public:
  explicit Option(CLI::Option& option) : option_(&option) {}

  Option required() const;
  /// Shows the variable's present value as the default.
  Option show_default() const;
  /// Shows `text` as the default.
  Option show_default(const std::string& text) const;
  /// What --help calls the value, such as "FILE". Without it: TEXT, NUMBER, or N for a whole number.
  Option type_name(const std::string& name) const;
  /// The heading that the option stands under in --help, in place of "Options".
  Option heading(const std::string& text) const;
  /// Only these values are allowed.
  Option one_of(const std::vector<std::string>& values) const;
  /// Only whole numbers of this range are allowed, both ends included.
  Option between(uint32_t least, uint32_t most) const;
  /// Only numbers above 0 are allowed.
  Option positive() const;
  /// `wrong` says what is wrong with a value, and nothing where it is good.
  Option check(const std::function<std::string(const std::string& value)>& wrong) const;
  /// The value is a number with a unit, and the variable becomes their product.
  Option in_units(const Units& units) const;
  /// The values of a list stand in one word, with `mark` between them.
  Option separated_by(char mark) const;
  /// The two options must not be given together.
  Option excludes(Option other) const;

  /// Whether the command line had it, once it is parsed.
  bool given() const;

 private:
  CLI::Option* option_;
};

/// What --help says of one command.
struct CommandHelp {
  std::string name;     // in full: "weighin models list"
  std::string heading;  // that it stands under in its parent's help; empty for the program itself
  std::string text;
};

class CommandLine;

/// One command: the program itself, or a command below another. A handle, as Option is.
class Command {
 public:
  Command(CommandLine& line, CLI::App& app) : line_(&line), app_(&app) {}

  /// Adds an option. `names` are its names with their dashes, joined by commas ("-o,--output"); a name
  /// without dashes makes it a positional argument. An option of a command may also be given before the
  /// command's name where a command above it has an option with the same variable.
  Option option(const std::string& names, Variable variable, const std::string& help) const;
  /// Adds an option without a value, which makes `set` true.
  Option flag(const std::string& names, bool* set, const std::string& help) const;
  Command subcommand(const std::string& name, const std::string& help) const;
  /// Ends the command's own --help with `text`.
  void footer(const std::string& text) const;
  /// The heading that the command stands under in its parent's --help; none: it is not shown there.
  void heading(const std::string& text) const;
  /// What the command does. Of the commands that a command line names, the last one acts.
  void action(std::function<void()> act) const;

  /// The help of this command, and of those below it that --help shows, each after the one that it belongs
  /// to.
  std::vector<CommandHelp> help() const;

 private:
  CommandLine* line_;
  CLI::App* app_;
};

/// A program's command line. It is neither copied nor moved, because its handles point into it.
class CommandLine {
 public:
  /// `version` is what --version answers; where it is empty there is no --version.
  CommandLine(const std::string& program, const std::string& description, const std::string& version = "");
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// The program itself, where no other command is named.
  Command program();

  /// Parses the words and sets the variables. Returns the action of the command that was named, for the
  /// caller to carry out. Error: nothing is left to do. It says whether that is well: true where --help or
  /// --version was answered, false where the words are wrong; what is wrong was then said on standard error,
  /// with the nearest name where a command or an option was mistyped.
  tl::expected<std::function<void()>, bool> parse(int argc, const char* const* argv);

 private:
  friend class Command;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace weighin
