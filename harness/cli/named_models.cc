#include "harness/cli/named_models.h"

#include <fmt/format.h>

#include <cstdio>

#include "models/import/import.h"
#include "models/import/kept.h"
#include "models/names/catalogue.h"
#include "models/names/model_name.h"

namespace weighin {

std::filesystem::path kept_folder(const Host& host) {
  const std::filesystem::path data = data_folder(host);
  return data.empty() ? data : data / "models";
}

bool names_a_file(const std::string& word) {
  const bool ending = word.ends_with(".gguf") || word.ends_with(".safetensors") || word.ends_with(".json");
  std::error_code ignored;
  return ending || word.find('/') != std::string::npos || std::filesystem::exists(word, ignored);
}

NamedModels::NamedModels(const Host& host) {
  const std::filesystem::path folder = kept_folder(host);
  if (folder.empty()) return;
  std::vector<std::string> problems;
  for (ModelShape& model : kept_models(folder, problems)) kept_.push_back(std::move(model));
  for (const std::string& problem : problems)
    std::fputs(fmt::format("weighin: left out: {}\n", problem).c_str(), stderr);
}

tl::expected<const ModelShape*, std::string> NamedModels::find(const std::string& word) {
  // Where the path exists, the catalogue need not be searched.
  std::error_code ignored;
  const bool path = (word.find('/') != std::string::npos || word.ends_with(".gguf")) &&
                    std::filesystem::exists(word, ignored);
  if (!path) {
    if (const ModelShape* model = find_model(word)) return model;
  }
  const std::string name = model_name(word);
  for (const ModelShape& model : kept_)
    if (model.name == name) return &model;
  if (names_a_file(word)) {
    auto read = import_model(word);
    if (!read) return tl::unexpected(read.error());
    read_.push_back(std::move(*read));
    return &read_.back();
  }
  return tl::unexpected(fmt::format("no model is called \"{}\"; nearest: {} (all: weighin models list)", word,
                                    fmt::join(nearest_models(word), ", ")));
}

}  // namespace weighin
