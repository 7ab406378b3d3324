#include "harness/cli/look_up/models_list.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/look_up/model_summary.h"
#include "harness/cli/named_models.h"
#include "harness/cli/shared_options.h"
#include "harness/cli/units.h"
#include "models/bytes/file_bytes.h"
#include "models/memory/memory.h"
#include "models/names/catalogue.h"
#include "models/shape/size_class.h"
#include "models/text/letters.h"
#include "models/text/units.h"
#include "results/text/numbers.h"

namespace weighin {
namespace {

using nlohmann::ordered_json;

/// Whether `model` is of the kind asked for. An undisclosed model passes no filter by size.
bool passes(const ModelShape& model, const ModelFilter& filter) {
  const bool known = model.undisclosed.empty();
  const uint64_t total = parameters(model);
  if (!filter.license.empty() && !same_letters(model.licence, filter.license)) return false;
  if (!filter.task.empty() && filter.task != task_name(model.task)) return false;
  if (filter.gated && !model.gated) return false;
  if (filter.ungated && (model.gated || !known)) return false;
  if (!filter.architecture.empty() && !same_letters(model.architecture, filter.architecture) &&
      !same_letters(model.family, filter.architecture))
    return false;
  if (!filter.size_class.empty() && !(known && same_letters(size_class_of(total).name, filter.size_class)))
    return false;
  if (filter.max_params > 0 && !(known && static_cast<double>(total) <= filter.max_params)) return false;
  if (filter.max_download_bytes > 0 &&
      !(known && static_cast<double>(smallest_four_bit_file(model).bytes) <= filter.max_download_bytes))
    return false;
  return true;
}

/// How far the numbers can be trusted, in one word.
const char* checked_mark(const ModelShape& model) {
  if (!model.undisclosed.empty()) return "-";
  return model.checked == Checked::read         ? "read"
         : model.checked == Checked::recomputed ? "recomputed"
                                                : "RECALLED";
}

void print_line(const ModelShape& model) {
  const bool known = model.undisclosed.empty();
  const uint64_t total = parameters(model);
  fmt::print("{:<26} {:>5} {:>7} {:>7} {:>9}  {:<6} {:<10} {:<16} {:<5} {}{}\n", model.name,
             known ? size_class_of(total).name : "-", known ? count_text(total) : "-",
             known ? count_text(active_parameters(model)) : "-",
             known ? fmt::format("{:.2f} GB", in_gb(smallest_four_bit_file(model).bytes)) : "-",
             task_name(model.task), checked_mark(model), model.licence.empty() ? "-" : model.licence,
             model.gated ? "gated" : "", model.title, known ? "" : " (undisclosed)");
}

void add_filter(Command command, ModelFilter& filter) {
  command
      .option("--license,--licence", &filter.license,
              "Only models with this licence, as Hugging Face names it, such as apache-2.0")
      .type_name("NAME");
  command.option("--class", &filter.size_class, "Only models of this size class, such as 2B")
      .type_name("CLASS");
  command.option("--task", &filter.task, "Only models for this task").one_of({"chat", "encode"});
  command
      .option("--architecture", &filter.architecture,
              "Only models of this GGUF architecture or family, such as gemma2 or llama")
      .type_name("NAME");
  command
      .option("--max-download", &filter.max_download_bytes,
              "Only models whose smallest GGUF file of at least 4 bits is no larger, such as 500MB")
      .in_units(byte_units());
  command.option("--max-params", &filter.max_params, "Only models with no more parameters, such as 3B")
      .in_units(count_units());
  const Option gated =
      command.flag("--gated", &filter.gated, "Only models whose terms must be accepted first");
  command.flag("--ungated", &filter.ungated, "Only models that anyone can download").excludes(gated);
}

}  // namespace

Command add_models_list(Command models, Invocation& invocation) {
  const Command command =
      models.subcommand("list", "List every model, as plain `models` does, or those of some kind");
  auto filter = std::make_shared<ModelFilter>();
  add_filter(command, *filter);
  add_json(command, invocation);
  command.action([filter, &invocation] { list_models(invocation, *filter); });
  return command;
}

void list_models(const Invocation& invocation, const ModelFilter& filter) {
  const bool as_json = invocation.json;
  std::vector<const ModelShape*> all;
  for (const ModelShape& model : all_models()) all.push_back(&model);
  const NamedModels named(invocation.host);
  for (const ModelShape& model : named.kept()) all.push_back(&model);
  ordered_json models = ordered_json::array();
  size_t listed = 0;
  if (!as_json)
    fmt::print("{:<26} {:>5} {:>7} {:>7} {:>9}  {:<6} {:<10} {:<16} {:<5} {}\n", "model", "class", "params",
               "active", "4 bits", "task", "checked", "licence", "", "title");
  for (const ModelShape* one : all) {
    const ModelShape& model = *one;
    if (!passes(model, filter)) continue;
    ++listed;
    if (!as_json) {
      print_line(model);
      continue;
    }
    ordered_json object = summary_json(model);
    const SmallestFile file = model.undisclosed.empty() ? smallest_four_bit_file(model) : SmallestFile{};
    object["smallest_4bit_file"] = file.format
                                       ? ordered_json{{"format", file.format->name}, {"bytes", file.bytes}}
                                       : ordered_json(nullptr);
    models.push_back(std::move(object));
  }
  if (!as_json && listed == 0) std::puts("no model is of that kind");
  if (as_json) std::puts(ordered_json{{"models", models}}.dump(2).c_str());
}

}  // namespace weighin
