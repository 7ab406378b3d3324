#include "models/names/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "models/config/config.h"
#include "models/text/edit_distance.h"
#include "models/text/json_value.h"
#include "models/text/letters.h"

namespace weighin {

std::span<const std::pair<std::string_view, std::string_view>> catalogue_files();  // models/catalog/*.json

namespace {

using nlohmann::json;

/// Reads the fields of one file. The first wrong field is kept as the error.
class Fields {
 public:
  Fields(std::string_view file, const json& object) : file_(file), object_(object) {}

  template <class T>
  void read(const char* name, T& value) {
    const auto field = object_.find(name);
    if (field == object_.end() || !error_.empty()) return;
    if (auto read = json_value<T>(*field)) {
      value = std::move(*read);
      return;
    }
    error_ = fmt::format("models/catalog/{}: field \"{}\" is {}, which is no {}", file_, name, field->dump(),
                         std::is_same_v<T, bool>          ? "true or false"
                         : std::is_same_v<T, uint64_t>    ? "whole number of at least 0"
                         : std::is_same_v<T, std::string> ? "text"
                                                          : "list of texts");
  }

  template <class T>
  void read_word(const char* name, T& value, std::initializer_list<std::pair<const char*, T>> words) {
    std::string text;
    read(name, text);
    if (text.empty()) return;
    for (const auto& [word, meaning] : words) {
      if (text == word) {
        value = meaning;
        return;
      }
    }
    if (error_.empty())
      error_ = fmt::format("models/catalog/{}: field \"{}\" is \"{}\", an unknown word", file_, name, text);
  }

  void need(bool condition, const char* field) {
    if (!condition && error_.empty()) {
      error_ = fmt::format("models/catalog/{}: field \"{}\" is missing or zero", file_, field);
    }
  }

  const std::string& error() const { return error_; }
  std::string_view file() const { return file_; }
  void take_error(const Fields& other) {
    if (error_.empty()) error_ = other.error_;
  }

 private:
  std::string_view file_;
  const json& object_;
  std::string error_;
};

void read_published_files(Fields& fields, const json& object, ModelShape& shape) {
  const auto files = object.find("published_files");
  if (files == object.end()) return;
  for (const json& file : *files) {
    PublishedFile read;
    Fields inside(fields.file(), file);
    inside.read("format", read.format);
    inside.read("bytes", read.bytes);
    inside.read("source", read.source);
    inside.need(read.bytes > 0, "published_files.bytes");
    inside.need(!read.format.empty(), "published_files.format");
    inside.need(!read.source.empty(), "published_files.source");
    fields.take_error(inside);
    shape.published_files.push_back(std::move(read));
  }
}

void read_about(Fields& fields, ModelShape& shape) {
  fields.read("name", shape.name);
  fields.read("aliases", shape.aliases);
  fields.read("title", shape.title);
  fields.read("family", shape.family);
  fields.read("undisclosed", shape.undisclosed);
  fields.read("made", shape.made);
  fields.read("published_params", shape.published_params);
  fields.read("source", shape.source);
  fields.read_word(
      "checked", shape.checked,
      {{"read", Checked::read}, {"recomputed", Checked::recomputed}, {"recalled", Checked::recalled}});
  fields.read("checked_note", shape.checked_note);
  fields.read("remark", shape.remark);
  fields.read("licence", shape.licence);
  fields.read("gated", shape.gated);
  fields.read("released", shape.released);
  fields.read("distilled_from", shape.distilled_from);
  fields.read_word("task", shape.task, {{"chat", Task::chat}, {"encode", Task::encode}});
  fields.need(!shape.name.empty(), "name");
  fields.need(!shape.source.empty(), "source");
  if (shape.title.empty()) shape.title = shape.name;
}

/// "Google/Gemma 2B" -> "gemma-2b": lower case, no owner, hyphens for spaces, underscores and colons.
std::string normalized(std::string_view name) {
  if (const auto slash = name.rfind('/'); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  std::string text;
  for (const char c : name) text += c == ' ' || c == '_' || c == ':' ? '-' : lower_letter(c);
  return text;
}

std::vector<ModelShape> load_catalogue() {
  std::vector<ModelShape> models;
  for (const auto& [file, text] : catalogue_files()) {
    // A file that does not parse is left out here. The tests parse every file and name the wrong field.
    if (auto model = parse_model(file, text)) models.push_back(std::move(*model));
  }
  std::stable_sort(models.begin(), models.end(), [](const ModelShape& a, const ModelShape& b) {
    return std::pair(!a.undisclosed.empty(), parameters(a)) <
           std::pair(!b.undisclosed.empty(), parameters(b));
  });
  return models;
}

/// The model whose file names `size_class` in "reference_of", or nullptr. The files are read once, since a
/// plan asks for every format.
const ModelShape* declared_reference(std::string_view size_class) {
  static const auto declared = [] {
    std::map<std::string, const ModelShape*, std::less<>> references;
    for (const auto& [file, text] : catalogue_files()) {
      const json object = json::parse(text, nullptr, false);
      const auto size_class = json_field<std::string>(object, "reference_of");
      if (size_class)
        references.emplace(*size_class, find_model(json_field<std::string>(object, "name").value_or("")));
    }
    return references;
  }();
  const auto found = declared.find(size_class);
  return found == declared.end() ? nullptr : found->second;
}

}  // namespace

tl::expected<ModelShape, std::string> parse_model(std::string_view file_name, std::string_view json_text) {
  const json object = json::parse(json_text, nullptr, false);
  if (!object.is_object()) {
    return tl::unexpected(fmt::format("models/catalog/{}: not a JSON object", file_name));
  }
  Fields fields(file_name, object);
  ModelShape shape;
  std::string undisclosed;
  fields.read("undisclosed", undisclosed);
  if (undisclosed.empty()) {
    const auto config = object.find("config");
    fields.need(config != object.end(), "config");
    if (!fields.error().empty()) return tl::unexpected(fields.error());
    auto read = shape_of_config(config->dump(), fmt::format("models/catalog/{}: config", file_name));
    if (!read) return tl::unexpected(read.error());
    shape = std::move(*read);
  }
  read_about(fields, shape);
  read_published_files(fields, object, shape);
  if (!fields.error().empty()) return tl::unexpected(fields.error());
  return shape;
}

const std::vector<ModelShape>& all_models() {
  static const std::vector<ModelShape> models = load_catalogue();
  return models;
}

const ModelShape* find_model(std::string_view name) {
  const std::string wanted = normalized(name);
  for (const ModelShape& model : all_models()) {
    if (model.name == wanted) return &model;
  }
  for (const ModelShape& model : all_models()) {
    const bool alias = std::any_of(model.aliases.begin(), model.aliases.end(),
                                   [&](const std::string& a) { return normalized(a) == wanted; });
    if (alias) return &model;
  }
  return nullptr;
}

std::vector<std::string> nearest_models(std::string_view name, size_t most) {
  const std::string wanted = normalized(name);
  std::vector<std::pair<size_t, std::string>> ranked;
  for (const ModelShape& model : all_models()) {
    size_t distance = edit_distance(wanted, model.name);
    // A part of a name ("gemma", "llama-3") is nearer than the distance says.
    const bool part = !wanted.empty() && model.name.find(wanted) != std::string::npos;
    ranked.emplace_back(part ? std::min<size_t>(distance, 1) : distance, model.name);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min(most, ranked.size()); ++i) names.push_back(ranked[i].second);
  return names;
}

const ModelShape& reference_model(const SizeClass& size_class) {
  if (const ModelShape* declared = declared_reference(size_class.name)) return *declared;
  // Every class has one, which a test checks. Without one it would be the model nearest in size.
  const auto distance = [&](const ModelShape& m) {
    const double ratio = static_cast<double>(parameters(m)) / static_cast<double>(size_class.nominal_params);
    return ratio <= 0 ? 1e300 : ratio > 1 ? ratio : 1 / ratio;
  };
  return *std::min_element(all_models().begin(), all_models().end(),
                           [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
}

}  // namespace weighin
