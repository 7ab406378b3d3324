#include "harness/cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "harness/cli/nearest_name.h"

namespace weighin {
namespace {

/// Help without what only programmers know: the types of variables, and which checks a value passes.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() {
    label("Positionals", "Arguments");
    label("SUBCOMMAND", "COMMAND");
  }

  /// Without the second of two blank lines, which CLI11 leaves between groups of options.
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    std::string text = CLI::Formatter::make_help(app, std::move(name), mode);
    for (size_t at = text.find("\n\n\n"); at != std::string::npos; at = text.find("\n\n\n"))
      text.erase(at, 1);
    return text;
  }

  std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_type_size() == 0) return "";
    std::string text;
    if (!option->get_positional()) text = " " + option->get_type_name();
    if (!option->get_default_str().empty()) text += "=" + option->get_default_str();
    if (option->get_expected_max() == CLI::detail::expected_max_vector_size) text += " ...";
    if (option->get_required() && !option->get_positional()) text += " (required)";
    return text;
  }
};

std::string value_name(const Variable& variable) {
  if (std::holds_alternative<std::string*>(variable) ||
      std::holds_alternative<std::vector<std::string>*>(variable))
    return "TEXT";
  return std::holds_alternative<double*>(variable) ? "NUMBER" : "N";
}

/// Commands below `app` that its help shows.
std::vector<const CLI::App*> shown_below(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* below) { return !below->get_group().empty(); });
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back(name);
  return names;
}

/// What may have been meant by a word that `app` does not expect; empty where nothing is near.
std::string meant(const std::string& word, const CLI::App& app) {
  if (word.starts_with("--")) {
    const std::string name = nearest_name(word.substr(2, word.find('=') - 2), option_names(app));
    return name.empty() ? "" : "--" + name;
  }
  std::vector<std::string> names;
  for (const CLI::App* below : shown_below(app)) names.push_back(below->get_name());
  return nearest_name(word, names);
}

/// Says which words were not expected, and what they may mean.
CLI::ParseError unexpected_words(const CLI::App& program, int code) {
  const CLI::App* app = &program;
  while (app->remaining_size() == 0 && !app->get_subcommands().empty()) app = app->get_subcommands().front();
  const std::vector<std::string> words = app->remaining();
  std::string text = words.size() == 1 ? "The following argument was not expected:"
                                       : "The following arguments were not expected:";
  for (const std::string& word : words) text += " " + word;
  for (const std::string& word : words) {
    const std::string name = meant(word, *app);
    if (name.empty()) continue;
    text += "\nDid you mean " + name + "?";
    break;
  }
  return {text, code};
}

void add_help(const CLI::App& app, const std::string& above, std::vector<CommandHelp>& all) {
  const std::string name = above.empty() ? app.get_name() : above + " " + app.get_name();
  // App::help would show the command that this very command line has selected.
  all.push_back({name, above.empty() ? "" : app.get_group(),
                 app.get_formatter()->make_help(&app, name, CLI::AppFormatMode::Normal)});
  for (const CLI::App* below : shown_below(app)) add_help(*below, name, all);
}

}  // namespace

Option Option::required() const {
  option_->required();
  return *this;
}

Option Option::show_default() const {
  option_->capture_default_str();
  return *this;
}

Option Option::show_default(const std::string& text) const {
  option_->default_str(text);
  return *this;
}

Option Option::type_name(const std::string& name) const {
  option_->type_name(name);
  return *this;
}

Option Option::heading(const std::string& text) const {
  option_->group(text);
  return *this;
}

Option Option::one_of(const std::vector<std::string>& values) const {
  option_->type_name("{" + CLI::detail::join(values, ",") + "}");
  option_->check(CLI::IsMember(values).description(""));
  return *this;
}

Option Option::between(uint32_t least, uint32_t most) const {
  option_->check(CLI::Range(least, most).description(""));
  return *this;
}

Option Option::positive() const {
  option_->check(CLI::Validator(CLI::PositiveNumber).description(""));
  return *this;
}

Option Option::check(const std::function<std::string(const std::string& value)>& wrong) const {
  option_->check(wrong);
  return *this;
}

Option Option::in_units(const Units& units) const {
  option_->type_name(units.name);
  option_->transform(
      CLI::AsNumberWithUnit(std::map<std::string, double>(units.factors.begin(), units.factors.end()))
          .description(""));
  if (units.dropped_ending.empty()) return *this;
  // CLI11 carries out the last transformation first.
  const auto drop = [ending = units.dropped_ending](std::string& value) {
    if (value.ends_with(ending)) value.resize(value.size() - ending.size());
    return std::string();
  };
  option_->transform(CLI::Validator(drop, ""));
  return *this;
}

Option Option::separated_by(char mark) const {
  option_->delimiter(mark);
  return *this;
}

Option Option::excludes(Option other) const {
  option_->excludes(other.option_);
  return *this;
}

bool Option::given() const {
  return option_->count() > 0;
}

struct CommandLine::Parts {
  Parts(const std::string& program, const std::string& description) : app(description, program) {}

  /// The option of `named` that sets the variable of `above`, an option of a command above it; or none.
  const CLI::Option* twin_of(const CLI::Option& above, const CLI::App& named) const;
  /// Throws CLI::ParseError where an option stands before the name of a command that does not have it, or
  /// beside one that excludes it.
  void check_options_above(const CLI::App& named) const;

  CLI::App app;
  std::map<const CLI::App*, std::function<void()>> actions;
  std::map<const CLI::Option*, Variable> variables;
  std::map<const CLI::Option*, bool*> flags;
};

const CLI::Option* CommandLine::Parts::twin_of(const CLI::Option& above, const CLI::App& named) const {
  const auto same = [&](const auto& kept, const CLI::Option* option) {
    const auto one = kept.find(&above), other = kept.find(option);
    return one != kept.end() && other != kept.end() && one->second == other->second;
  };
  for (const CLI::Option* option : named.get_options())
    if (same(variables, option) || same(flags, option)) return option;
  return nullptr;
}

void CommandLine::Parts::check_options_above(const CLI::App& named) const {
  std::vector<const CLI::Option*> given;
  for (const CLI::Option* option : named.get_options())
    if (option->count() > 0) given.push_back(option);
  std::string command = named.get_name();
  for (const CLI::App* above = named.get_parent(); above; above = above->get_parent()) {
    for (const CLI::Option* option : above->get_options()) {
      if (option->count() == 0) continue;
      const CLI::Option* twin = twin_of(*option, named);
      if (!twin)
        throw CLI::ParseError(
            option->get_name() + " stands before `" + command + "`: give a command's options after its name",
            1);
      given.push_back(twin);
    }
    command = above->get_name() + " " + command;
  }
  for (const CLI::Option* option : given)
    for (const CLI::Option* other : option->get_excludes())
      if (std::find(given.begin(), given.end(), other) != given.end())
        throw CLI::ExcludesError(option->get_name(), other->get_name());
}

Option Command::option(const std::string& names, Variable variable, const std::string& help) const {
  CLI::Option* added =
      std::visit([&](auto* value) { return app_->add_option(names, *value, help); }, variable);
  added->type_name(value_name(variable));
  line_->parts_->variables[added] = variable;
  return Option(*added);
}

Option Command::flag(const std::string& names, bool* set, const std::string& help) const {
  CLI::Option* added = app_->add_flag(names, *set, help);
  line_->parts_->flags[added] = set;
  return Option(*added);
}

Command Command::subcommand(const std::string& name, const std::string& help) const {
  app_->require_subcommand(0, 1);
  CLI::App* below = app_->add_subcommand(name, help);
  below->group("Commands");
  below->footer("");  // CLI11 hands the parent's on
  return {*line_, *below};
}

void Command::footer(const std::string& text) const {
  app_->footer(text);
}

void Command::heading(const std::string& text) const {
  app_->group(text);
}

std::vector<CommandHelp> Command::help() const {
  std::string above;
  for (const CLI::App* parent = app_->get_parent(); parent; parent = parent->get_parent())
    above = parent->get_name() + (above.empty() ? "" : " " + above);
  std::vector<CommandHelp> all;
  add_help(*app_, above, all);
  return all;
}

void Command::action(std::function<void()> act) const {
  line_->parts_->actions[app_] = std::move(act);
}

CommandLine::CommandLine(const std::string& program, const std::string& description,
                         const std::string& version)
    : parts_(std::make_unique<Parts>(program, description)) {
  parts_->app.formatter(std::make_shared<HelpFormatter>());
  parts_->app.set_help_flag("-h,--help", "Show this help and exit");
  if (!version.empty()) parts_->app.set_version_flag("--version", version, "Show the version and exit");
}

CommandLine::~CommandLine() = default;

Command CommandLine::program() {
  return {*this, parts_->app};
}

tl::expected<std::function<void()>, bool> CommandLine::parse(int argc, const char* const* argv) {
  const CLI::App* named = &parts_->app;
  try {
    parts_->app.parse(argc, argv);
    while (!named->get_subcommands().empty()) named = named->get_subcommands().front();
    parts_->check_options_above(*named);
  } catch (const CLI::ExtrasError& error) {
    parts_->app.exit(unexpected_words(parts_->app, error.get_exit_code()));
    return tl::unexpected(false);
  } catch (const CLI::ParseError& error) {
    return tl::unexpected(parts_->app.exit(error) == 0);
  }
  return parts_->actions[named];
}

}  // namespace weighin
