// weighin models: what the catalogue knows. Each subcommand is one call to a file of its own.
#include "harness/cli/look_up/models.h"

#include <memory>

#include "harness/cli/look_up/models_import.h"
#include "harness/cli/size_option.h"

namespace weighin {
namespace {

/// "500M", "1.5B".
CLI::Validator as_count() {
  return CLI::AsNumberWithUnit(std::map<std::string, double>{{"K", 1e3}, {"M", 1e6}, {"B", 1e9}, {"T", 1e12}},
                               CLI::AsNumberWithUnit::CASE_INSENSITIVE, "COUNT");
}

void add_filter(CLI::App& list, ModelFilter& filter) {
  list.add_option("--license,--licence", filter.license,
                  "With this licence, as Hugging Face names it: apache-2.0");
  list.add_option("--class", filter.size_class, "In this size class: 2B");
  list.add_option("--task", filter.task, "chat or encode")->check(CLI::IsMember({"chat", "encode"}));
  list.add_option("--architecture", filter.architecture,
                  "Of this GGUF architecture or family: gemma2, llama");
  list.add_option("--max-download", filter.max_download_bytes,
                  "Whose smallest GGUF of at least 4 bits is no larger: 500MB")
      ->transform(as_bytes());
  list.add_option("--max-params", filter.max_params, "With no more parameters: 3B")->transform(as_count());
  CLI::Option* gated = list.add_flag("--gated", filter.gated, "Whose terms must be accepted first");
  list.add_flag("--ungated", filter.ungated, "That anyone can download")->excludes(gated);
}

}  // namespace

CLI::App* add_models_resolve(CLI::App& models);  // models_resolve.cc

void add_models(CLI::App& app, Invocation& invocation) {
  struct Options {
    bool json = false;
    std::string name;
    ModelFilter filter;
  };
  auto options = std::make_shared<Options>();
  CLI::App* models = app.add_subcommand("models", "The models weighin knows, with their exact shapes");
  models->add_flag("--json", options->json, "As JSON");
  models->require_subcommand(0, 1);
  CLI::App* list =
      models->add_subcommand("list", "Every model (what plain `models` does), or those of some kind");
  list->add_flag("--json", options->json, "As JSON");
  add_filter(*list, options->filter);
  CLI::App* show = models->add_subcommand("show", "One model, whole");
  show->add_option("NAME", options->name, "Its name or an alias, or a file, folder or URL")->required();
  show->add_flag("--json", options->json, "As JSON");
  add_models_resolve(*models);
  const auto importing = add_models_import(*models, invocation);
  models->callback([options, models, show, importing, &invocation] {
    if (importing()) return;
    if (show->parsed()) {
      show_model(invocation, options->name, options->json);
    } else if (models->get_subcommands().empty() || models->got_subcommand("list")) {
      list_models(invocation, options->filter, options->json);
    }
  });
}

}  // namespace weighin
