// weighin models resolve: what names say of model, size and format.
#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "harness/cli/command.h"
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

/// One line a name: what is not known is a dash.
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

void add_models_resolve(Command models) {
  struct Options {
    bool json = false;
    std::vector<std::string> names;
  };
  auto options = std::make_shared<Options>();
  const Command resolve =
      models.subcommand("resolve", "What names of files and models say: model, size, format");
  resolve.option("NAME", &options->names, "File names, paths, URLs, Hugging Face ids, Ollama's name:tag")
      .required();
  resolve.flag("--json", &options->json, "As JSON: an object; for several names {\"names\": [...]}");
  resolve.action([options] {
    if (!options->json) {
      for (const std::string& name : options->names) print_line(name);
      return;
    }
    ordered_json objects = ordered_json::array();
    for (const std::string& name : options->names) objects.push_back(resolved_json(name));
    std::puts((objects.size() == 1 ? objects[0] : ordered_json{{"names", objects}}).dump(2).c_str());
  });
}

}  // namespace weighin
