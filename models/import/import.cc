#include "models/import/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "models/config/config.h"
#include "models/gguf/parts.h"
#include "models/gguf/shape_of_gguf.h"
#include "models/import/hub.h"
#include "models/names/model_name.h"
#include "models/safetensors/index.h"
#include "models/safetensors/shape_of_safetensors.h"
#include "models/source/location.h"
#include "models/source/open.h"

namespace weighin {
namespace {

constexpr uint64_t longest_config_bytes = 4 << 20;

/// The files of a folder. Error: why it cannot be read.
tl::expected<std::vector<std::string>, std::string> files_in(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) names.push_back(entry->path().filename().string());
  }
  if (error) return tl::unexpected(fmt::format("cannot read the folder {}: {}", folder, error.message()));
  return names;
}

/// The headers of a safetensors file or, where it is one of several, of all that the index beside it names.
tl::expected<Safetensors, std::string> read_tensors(const std::string& where, bool index) {
  if (index) return read_safetensors_index(where);
  const std::string name = file_name(where);
  const size_t part = name.find("-00");
  if (part != std::string::npos && name.find("-of-", part) != std::string::npos)
    return read_safetensors_index(beside(where, name.substr(0, part) + ".safetensors.index.json"));
  auto source = open_source(where);
  if (!source) return tl::unexpected(source.error());
  return read_safetensors(*source);
}

tl::expected<ModelFiles, std::string> read_with_config(const std::string& where, bool index) {
  ModelFiles files;
  files.where = where;
  const auto config = read_text(beside(where, "config.json"), longest_config_bytes);
  if (!config)
    return tl::unexpected(fmt::format(
        "{} needs the config.json beside it, which says what the tensors are: {}", where, config.error()));
  files.config = *config;
  auto tensors = read_tensors(where, index);
  if (!tensors) return tl::unexpected(tensors.error());
  files.safetensors = std::move(*tensors);
  return files;
}

/// Reads one file. Its beginning decides what it is.
tl::expected<ModelFiles, std::string> read_file(const std::string& where) {
  std::string start;
  uint64_t size = 0;
  {
    auto source = open_source(where);
    if (!source) return tl::unexpected(source.error());
    const auto block = source->read_some(0);
    if (!block) return tl::unexpected(block.error());
    start = block->substr(0, 512);
    size = source->size();
  }
  ModelFiles files;
  files.where = where;
  if (start.starts_with("GGUF")) {
    auto gguf = read_gguf_parts(where);
    if (!gguf) return tl::unexpected(gguf.error());
    files.gguf = std::move(*gguf);
    return files;
  }
  if (size > 9 && start[8] == '{') return read_with_config(where, false);
  if (start.find_first_not_of(" \t\r\n") != std::string::npos &&
      start[start.find_first_not_of(" \t\r\n")] == '{') {
    if (file_name(where).ends_with(".index.json")) return read_with_config(where, true);
    auto config = read_text(where, longest_config_bytes);
    if (!config) return tl::unexpected(config.error());
    files.config = std::move(*config);
    return files;
  }
  return tl::unexpected(fmt::format("{} begins as no GGUF file, safetensors file or JSON does", where));
}

/// A title for a model whose files state none: the name of the file or, where every model's file is called so
/// ("model.safetensors"), that of the folder or repository.
std::string title_of(const std::string& where) {
  std::string stem = file_name(where);
  if (!stem.starts_with("config.") && !stem.starts_with("model") && !stem.starts_with("pytorch_model"))
    return stem.substr(0, stem.rfind('.'));
  std::string folder = where.substr(0, where.size() - std::min(where.size(), stem.size()));
  if (is_url(where)) {
    folder = beside(where, "");
    folder.resize(std::min(folder.find_first_of("?#"), folder.size()));
    if (const size_t hub = folder.find("/resolve/"); hub != std::string::npos) folder.resize(hub);
  } else {
    std::error_code error;
    const auto whole = std::filesystem::absolute(folder.empty() ? "." : folder, error).lexically_normal();
    if (!error) folder = whole.string();
  }
  while (folder.ends_with('/')) folder.pop_back();
  return file_name(folder);
}

/// Reads a repository of the hub. The file is chosen as in a folder.
tl::expected<ModelFiles, std::string> read_repository(const HubRepository& repository,
                                                      const std::string& url) {
  const auto names = hub_files(repository);
  if (!names) return tl::unexpected(names.error());
  const auto chosen = choose_model_file(url, *names);
  if (!chosen) return tl::unexpected(chosen.error());
  return read_file(repository.file_url(*chosen));
}

}  // namespace

tl::expected<std::string, std::string> choose_model_file(const std::string& where,
                                                         std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  const auto those = [&](auto&& is_one) {
    std::vector<std::string> found;
    std::copy_if(names.begin(), names.end(), std::back_inserter(found), is_one);
    return found;
  };
  const auto choices = [&](const std::vector<std::string>& found) -> tl::expected<std::string, std::string> {
    if (found.size() == 1) return found.front();
    return tl::unexpected(
        fmt::format("{} holds more than one model; name one: {}", where, fmt::join(found, ", ")));
  };
  // A split file is named by its first part. A vision tower (mmproj) belongs to the model beside it.
  const auto gguf = those([](const std::string& name) {
    const size_t of = name.rfind("-of-");
    const bool later_part = of != std::string::npos && of >= 6 && name.substr(of - 6, 6) != "-00001" &&
                            name.size() == of + 4 + 5 + 5;
    return name.ends_with(".gguf") && name.find("mmproj") == std::string::npos && !later_part;
  });
  if (!gguf.empty()) return choices(gguf);
  const auto indexes =
      those([](const std::string& name) { return name.ends_with(".safetensors.index.json"); });
  if (!indexes.empty()) return choices(indexes);
  const auto tensors = those([](const std::string& name) { return name.ends_with(".safetensors"); });
  if (!tensors.empty()) return choices(tensors);
  if (std::binary_search(names.begin(), names.end(), std::string("config.json"))) return "config.json";
  return tl::unexpected(
      fmt::format("{} holds no .gguf file, no .safetensors file and no config.json", where));
}

tl::expected<ModelFiles, std::string> read_model_files(const std::string& path_or_url) {
  if (is_url(path_or_url)) {
    if (const auto repository = hub_repository(path_or_url)) return read_repository(*repository, path_or_url);
    return read_file(hub_file_url(path_or_url));
  }
  std::error_code ignored;
  if (!std::filesystem::is_directory(path_or_url, ignored)) return read_file(path_or_url);
  const auto names = files_in(path_or_url);
  if (!names) return tl::unexpected(names.error());
  const auto chosen = choose_model_file(path_or_url, *names);
  if (!chosen) return tl::unexpected(chosen.error());
  return read_file((std::filesystem::path(path_or_url) / *chosen).string());
}

tl::expected<ModelShape, std::string> shape_of_files(const ModelFiles& files) {
  auto shape = files.config.empty() ? shape_of_gguf(files.gguf, files.where)
               : files.safetensors.tensors.empty()
                   ? shape_of_config(files.config, files.where)
                   : shape_of_safetensors(files.safetensors, files.config, files.where);
  if (!shape) return shape;
  if (shape->title.empty()) shape->title = plain_text(title_of(files.where));
  shape->name = model_name(shape->title);
  if (shape->family.empty()) shape->family = shape->architecture;
  shape->source = files.where;
  shape->checked = Checked::read;
  shape->checked_note = files.config.empty() ? "every number read from the file's header"
                                             : "read from the model's own config.json";
  return shape;
}

tl::expected<ModelShape, std::string> import_model(const std::string& path_or_url) {
  const auto files = read_model_files(path_or_url);
  if (!files) return tl::unexpected(files.error());
  return shape_of_files(*files);
}

}  // namespace weighin
