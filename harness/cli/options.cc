#include "harness/cli/options.h"

#include <CLI/CLI.hpp>
#include <map>

namespace weighin {

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

Option Option::one_of(const std::vector<std::string>& values) const {
  option_->check(CLI::IsMember(values));
  return *this;
}

Option Option::between(uint32_t least, uint32_t most) const {
  option_->check(CLI::Range(least, most));
  return *this;
}

Option Option::positive() const {
  option_->check(CLI::PositiveNumber);
  return *this;
}

Option Option::check(const std::function<std::string(const std::string& value)>& wrong) const {
  option_->check(wrong);
  return *this;
}

Option Option::in_units(const Units& units) const {
  option_->transform(
      CLI::AsNumberWithUnit(std::map<std::string, double>(units.factors.begin(), units.factors.end()),
                            CLI::AsNumberWithUnit::DEFAULT, units.name));
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

  CLI::App app;
  std::map<const CLI::App*, std::function<void()>> actions;
};

Option Command::option(const std::string& names, Variable variable, const std::string& help) const {
  return std::visit([&](auto* value) { return Option(*app_->add_option(names, *value, help)); }, variable);
}

Option Command::flag(const std::string& names, bool* set, const std::string& help) const {
  return Option(*app_->add_flag(names, *set, help));
}

Command Command::subcommand(const std::string& name, const std::string& help) const {
  app_->require_subcommand(0, 1);
  CLI::App* below = app_->add_subcommand(name, help);
  below->footer("");  // CLI11 hands the parent's on
  return {*line_, *below};
}

void Command::footer(const std::string& text) const {
  app_->footer(text);
}

void Command::heading(const std::string& text) const {
  app_->group(text);
}

void Command::action(std::function<void()> act) const {
  line_->parts_->actions[app_] = std::move(act);
}

CommandLine::CommandLine(const std::string& program, const std::string& description,
                         const std::string& version)
    : parts_(std::make_unique<Parts>(program, description)) {
  parts_->app.set_version_flag("--version", version);
}

CommandLine::~CommandLine() = default;

Command CommandLine::program() {
  return {*this, parts_->app};
}

tl::expected<std::function<void()>, bool> CommandLine::parse(int argc, const char* const* argv) {
  try {
    parts_->app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return tl::unexpected(parts_->app.exit(error) == 0);
  }
  const CLI::App* named = &parts_->app;
  while (!named->get_subcommands().empty()) named = named->get_subcommands().front();
  return parts_->actions[named];
}

}  // namespace weighin
