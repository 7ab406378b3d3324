#include "models/import/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "models/import/gguf_shape.h"

namespace weighin {
namespace {

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

tl::expected<ModelShape, std::string> import_gguf(const std::string& where) {
  const auto file = read_gguf_parts(where);
  if (!file) return tl::unexpected(file.error());
  return shape_of_gguf(*file, where);
}

/// One file, by how it begins.
tl::expected<ModelShape, std::string> import_file(const std::string& where) {
  auto source = open_source(where);
  if (!source) return tl::unexpected(source.error());
  const auto start = source->read_some(0);
  if (!start) return tl::unexpected(start.error());
  if (start->starts_with("GGUF")) return import_gguf(where);
  return tl::unexpected(fmt::format("{} begins as no GGUF file, safetensors file or JSON does", where));
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
  // A split file is its first part, and vision towers (mmproj) belong to the model beside them.
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

tl::expected<ModelShape, std::string> import_model(const std::string& path_or_url) {
  std::error_code ignored;
  if (is_url(path_or_url) || !std::filesystem::is_directory(path_or_url, ignored))
    return import_file(path_or_url);
  const auto names = files_in(path_or_url);
  if (!names) return tl::unexpected(names.error());
  const auto chosen = choose_model_file(path_or_url, *names);
  if (!chosen) return tl::unexpected(chosen.error());
  return import_file((std::filesystem::path(path_or_url) / *chosen).string());
}

}  // namespace weighin
