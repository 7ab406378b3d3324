// weighin models: what the catalogue knows.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "harness/cli/command.h"
#include "models/catalogue.h"
#include "models/file_bytes.h"
#include "models/memory.h"

namespace weighin {
namespace {

using nlohmann::ordered_json;

/// "2.51B", "66.4M": three significant digits.
std::string count_text(uint64_t count) {
  constexpr std::pair<double, const char*> units[] = {{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "K"}};
  for (const auto& [size, letter] : units) {
    const double scaled = static_cast<double>(count) / size;
    if (scaled >= 1) return fmt::format("{:.{}f}{}", scaled, scaled < 10 ? 2 : scaled < 100 ? 1 : 0, letter);
  }
  return std::to_string(count);
}

const char* task_name(Task task) {
  return task == Task::chat ? "chat" : "encode";
}

/// What `list` and `show` both say; numbers are null where the shape is undisclosed.
ordered_json summary_json(const ModelShape& model) {
  const bool known = model.undisclosed.empty();
  const auto number = [&](uint64_t value) { return known ? ordered_json(value) : ordered_json(nullptr); };
  return {{"name", model.name},
          {"title", model.title},
          {"aliases", model.aliases},
          {"family", model.family},
          {"task", task_name(model.task)},
          {"params", number(parameters(model))},
          {"active_params", number(active_parameters(model))},
          {"size_class", known ? ordered_json(size_class_of(parameters(model)).name) : ordered_json(nullptr)},
          {"made", model.made},
          {"undisclosed", known ? ordered_json(nullptr) : ordered_json(model.undisclosed)},
          {"remark", model.remark},
          {"source", model.source},
          {"checked", checked_name(model.checked)},
          {"checked_note", model.checked_note}};
}

ordered_json detail_json(const ModelShape& model) {
  ordered_json object = summary_json(model);
  if (!model.undisclosed.empty()) return object;
  object["published_params"] =
      model.published_params ? ordered_json(model.published_params) : ordered_json(nullptr);
  object["layers"] = model.layers;
  object["width"] = model.width;
  object["ffn_width"] = model.ffn_width;
  object["vocab"] = model.vocab;
  object["max_context"] = model.max_context;
  object["experts"] = model.experts;
  object["experts_active"] = model.experts_active;
  object["tensors"] = ordered_json::array();
  for (const Tensor& tensor : model.tensors) {
    object["tensors"].push_back({{"role", role_name(tensor.role)},
                                 {"rows", tensor.rows},
                                 {"cols", tensor.cols},
                                 {"stored", tensor.stored},
                                 {"used", tensor.used}});
  }
  object["files"] = ordered_json::array();
  for (const FileFormat& format : all_file_formats()) {
    const FileBytes bytes = file_bytes(model, format);
    object["files"].push_back({{"format", format.name},
                               {"container", container_name(format.container)},
                               {"bytes", bytes.total()},
                               {"weight_bytes", bytes.weights}});
  }
  return object;
}

std::string detail_text(const ModelShape& model) {
  std::string text = fmt::format("{} ({})\n", model.title, model.name);
  const auto line = [&](const char* name, const std::string& value) {
    if (!value.empty()) text += fmt::format("  {:<12} {}\n", name, value);
  };
  line("aliases", fmt::format("{}", fmt::join(model.aliases, ", ")));
  if (!model.undisclosed.empty()) {
    line("undisclosed", model.undisclosed);
    line("source", model.source);
    return text;
  }
  const uint64_t total = parameters(model), active = active_parameters(model);
  line("parameters", fmt::format("{} ({}{})", count_text(total), total,
                                 active == total ? "" : fmt::format(", {} active", count_text(active))));
  line("size class", std::string(size_class_of(total).name));
  line("shape", fmt::format("{} layers, {} wide, feed-forward {}, vocabulary {}", model.layers, model.width,
                            model.ffn_width, model.vocab));
  if (model.experts) line("experts", fmt::format("{}, {} active", model.experts, model.experts_active));
  line("context", fmt::format("at most {} tokens", model.max_context));
  line("source", fmt::format("{} ({})", model.source, model.checked_note));
  line("remark", model.remark);
  text += "  download\n";
  for (const FileFormat& format : all_file_formats()) {
    text += fmt::format("    {:<22} {:>9.2f} GB\n", format.name,
                        static_cast<double>(download_bytes(model, format)) / 1e9);
  }
  return text;
}

void list(bool as_json) {
  if (as_json) {
    ordered_json models = ordered_json::array();
    for (const ModelShape& model : all_models()) models.push_back(summary_json(model));
    std::puts(ordered_json{{"models", models}}.dump(2).c_str());
    return;
  }
  fmt::print("{:<20} {:>5} {:>7} {:>7}  {:<6} {}\n", "model", "class", "params", "active", "task", "title");
  for (const ModelShape& model : all_models()) {
    const bool known = model.undisclosed.empty();
    const uint64_t total = parameters(model);
    fmt::print("{:<20} {:>5} {:>7} {:>7}  {:<6} {}\n", model.name, known ? size_class_of(total).name : "-",
               known ? count_text(total) : "-", known ? count_text(active_parameters(model)) : "-",
               task_name(model.task), known ? model.title : model.title + " (undisclosed)");
  }
}

void show(Invocation& invocation, const std::string& name, bool as_json) {
  const ModelShape* model = find_model(name);
  if (model == nullptr) {
    fail(invocation, fmt::format("no model is called \"{}\"; nearest: {} (all: weighin models list)", name,
                                 fmt::join(nearest_models(name), ", ")));
    return;
  }
  std::fputs((as_json ? detail_json(*model).dump(2) + "\n" : detail_text(*model)).c_str(), stdout);
}

}  // namespace

void add_models(CLI::App& app, Invocation& invocation) {
  struct Options {
    bool json = false;
    std::string name;
  };
  auto options = std::make_shared<Options>();
  CLI::App* models = app.add_subcommand("models", "The models weighin knows, with their exact shapes");
  models->add_flag("--json", options->json, "As JSON");
  models->require_subcommand(0, 1);
  CLI::App* all = models->add_subcommand("list", "Every model (what plain `models` does)");
  all->add_flag("--json", options->json, "As JSON");
  CLI::App* one = models->add_subcommand("show", "One model, whole");
  one->add_option("NAME", options->name, "Its name or an alias")->required();
  one->add_flag("--json", options->json, "As JSON");
  models->callback([options, one, &invocation] {
    if (one->parsed()) {
      show(invocation, options->name, options->json);
    } else {
      list(options->json);
    }
  });
}

}  // namespace weighin
