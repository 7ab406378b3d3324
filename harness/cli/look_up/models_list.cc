// weighin models list: the catalogue, or what of it passes a filter.
#include <fmt/format.h>

#include <cstdio>

#include "harness/cli/look_up/models.h"
#include "harness/cli/named_models.h"
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

constexpr double fewest_bits = 4;  // below, quality falls off (llama.cpp#1684): nobody's first choice

const char* task_name(Task task) {
  return task == Task::chat ? "chat" : "encode";
}

/// What is undisclosed passes no filter by size.
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

/// One mark a line: how far the numbers can be trusted.
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

}  // namespace

SmallestFile smallest_four_bit_file(const ModelShape& model) {
  SmallestFile smallest;
  for (const FileFormat& format : all_file_formats()) {
    if (format.container != Container::gguf || format_of(format.base).bits_per_weight() < fewest_bits)
      continue;
    const uint64_t bytes = download_bytes(model, format);
    if (!smallest.format || bytes < smallest.bytes) smallest = {&format, bytes};
  }
  return smallest;
}

ordered_json summary_json(const ModelShape& model) {
  const bool known = model.undisclosed.empty();
  const auto number = [&](uint64_t value) { return known ? ordered_json(value) : ordered_json(nullptr); };
  const auto word = [](const std::string& text) {
    return text.empty() ? ordered_json(nullptr) : ordered_json(text);
  };
  return {{"name", model.name},
          {"title", model.title},
          {"aliases", model.aliases},
          {"family", model.family},
          {"architecture", word(model.architecture)},
          {"task", task_name(model.task)},
          {"params", number(parameters(model))},
          {"active_params", number(active_parameters(model))},
          {"size_class", known ? ordered_json(size_class_of(parameters(model)).name) : ordered_json(nullptr)},
          {"license", word(model.licence)},
          {"gated", model.gated},
          {"released", word(model.released)},
          {"distilled_from", word(model.distilled_from)},
          {"made", model.made},
          {"undisclosed", known ? ordered_json(nullptr) : ordered_json(model.undisclosed)},
          {"remark", model.remark},
          {"source", model.source},
          {"checked", checked_name(model.checked)},
          {"checked_note", model.checked_note}};
}

void list_models(const Invocation& invocation, const ModelFilter& filter, bool as_json) {
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
