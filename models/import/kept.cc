#include "models/import/kept.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "models/import/kept_text.h"

namespace weighin {

std::filesystem::path kept_path(const std::filesystem::path& folder, const std::string& name) {
  return folder / (name + ".json");
}

std::vector<ModelShape> kept_models(const std::filesystem::path& folder, std::vector<std::string>& problems) {
  std::error_code error;
  std::vector<std::filesystem::path> paths;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().extension() == ".json") paths.push_back(entry->path());
  std::sort(paths.begin(), paths.end());
  std::vector<ModelShape> models;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    auto shape = shape_of_kept(text, path.string());
    if (shape) {
      models.push_back(std::move(*shape));
    } else {
      problems.push_back(shape.error());
    }
  }
  return models;
}

}  // namespace weighin
