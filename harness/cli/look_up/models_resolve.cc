#include "harness/cli/look_up/models_resolve.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/shared_options.h"
#include "models/names/resolve_name.h"

namespace weighin {
namespace {

using nlohmann::ordered_json;

ordered_json resolved_json(const std::string& name) {
  const ResolvedName resolved = resolve_name(name);
  const auto number = [](const auto& value) { return value ? ordered_json(*value) : ordered_json(nullptr); };
  const auto text = [](std::string_view value) {
    return value.empty() ? ordered_json(nullptr) : ordered_json(value);
  };
  return {{"name", name},
          {"model", resolved.model ? ordered_json(resolved.model->name) : ordered_json(nullptr)},
          {"params", number(resolved.params)},
          {"params_basis", text(basis_name(resolved.params_basis))},
          {"active_params", number(resolved.active_params)},
          {"size_class", text(resolved.size_class)},
          {"format", text(resolved.format)}};
}

/// Prints what one name says, with a dash for what it does not say.
void print_line(const std::string& name) {
  const ResolvedName resolved = resolve_name(name);
  const auto known = [](const std::string& text) { return text.empty() ? std::string("-") : text; };
  fmt::print("{}\n  model {}, parameters {}{}, class {}, format {}\n", name,
             resolved.model ? resolved.model->name : "-",
             resolved.params ? std::to_string(*resolved.params) : "-",
             resolved.params ? fmt::format(" ({})", basis_name(resolved.params_basis)) : "",
             known(resolved.size_class), known(resolved.format));
}

}  // namespace

Command add_models_resolve(Command models, Invocation& invocation) {
  const Command command = models.subcommand(
      "resolve", "Say which model, size and format the names of files and models stand for");
  auto names = std::make_shared<std::vector<std::string>>();
  command.option("NAME", names.get(), "File names, paths, URLs, Hugging Face ids, or Ollama's name:tag")
      .required();
  add_json(command, invocation, ": an object, or {\"names\": [...]} for several names");
  command.action([names, &invocation] {
    if (!invocation.json) {
      for (const std::string& name : *names) print_line(name);
      return;
    }
    ordered_json objects = ordered_json::array();
    for (const std::string& name : *names) objects.push_back(resolved_json(name));
    std::puts((objects.size() == 1 ? objects[0] : ordered_json{{"names", objects}}).dump(2).c_str());
  });
  return command;
}

}  // namespace weighin
