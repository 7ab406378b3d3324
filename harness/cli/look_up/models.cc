// weighin models: what the catalogue knows. Each subcommand is one call to a file of its own.
#include "harness/cli/look_up/models.h"

#include <memory>

#include "harness/cli/look_up/models_import.h"
#include "harness/cli/size_option.h"

namespace weighin {
namespace {

/// "500M", "1.5B".
Units count_units() {
  return {.factors = {{"K", 1e3}, {"M", 1e6}, {"B", 1e9}, {"T", 1e12}}, .name = "COUNT"};
}

void add_filter(Command list, ModelFilter& filter) {
  list.option("--license,--licence", &filter.license,
              "With this licence, as Hugging Face names it: apache-2.0");
  list.option("--class", &filter.size_class, "In this size class: 2B");
  list.option("--task", &filter.task, "chat or encode").one_of({"chat", "encode"});
  list.option("--architecture", &filter.architecture, "Of this GGUF architecture or family: gemma2, llama");
  list.option("--max-download", &filter.max_download_bytes,
              "Whose smallest GGUF of at least 4 bits is no larger: 500MB")
      .in_units(byte_units());
  list.option("--max-params", &filter.max_params, "With no more parameters: 3B").in_units(count_units());
  const Option gated = list.flag("--gated", &filter.gated, "Whose terms must be accepted first");
  list.flag("--ungated", &filter.ungated, "That anyone can download").excludes(gated);
}

}  // namespace

void add_models_resolve(Command models);  // models_resolve.cc

void add_models(Command program, Invocation& invocation) {
  struct Options {
    bool json = false;
    std::string name;
    ModelFilter filter;
  };
  auto options = std::make_shared<Options>();
  const Command models = program.subcommand("models", "The models weighin knows, with their exact shapes");
  models.flag("--json", &options->json, "As JSON");
  const Command list =
      models.subcommand("list", "Every model (what plain `models` does), or those of some kind");
  list.flag("--json", &options->json, "As JSON");
  add_filter(list, options->filter);
  const Command show = models.subcommand("show", "One model, whole");
  show.option("NAME", &options->name, "Its name or an alias, or a file, folder or URL").required();
  show.flag("--json", &options->json, "As JSON");
  add_models_resolve(models);
  add_models_import(models, invocation);
  const auto list_them = [options, &invocation] { list_models(invocation, options->filter, options->json); };
  models.action(list_them);
  list.action(list_them);
  show.action([options, &invocation] { show_model(invocation, options->name, options->json); });
}

}  // namespace weighin
