#include "harness/engines/ggml/find_libraries.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace weighin {
namespace {

namespace fs = std::filesystem;

/// Folders above the program that may hold scripts/ and build/: build/NAME/weighin lies two below them.
constexpr int folders_above = 4;

bool has_libraries(const fs::path& folder) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    const std::string file = entry.path().filename().string();
    if (file.starts_with("libggml-base") && file.find(".so") != std::string::npos) return true;
  }
  return false;
}

std::vector<fs::path> sub_folders(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (entry.is_directory(none)) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

class Found {
 public:
  /// `folder`, what an installation keeps below it, and the packages that were installed into it.
  void look_into(const fs::path& folder) {
    for (const fs::path& candidate : {folder, folder / "bin", folder / "lib", folder / "build" / "bin"})
      take(candidate);
    for (const fs::path& package : sub_folders(folder / "node_modules" / "@node-llama-cpp"))
      for (const fs::path& platform : sub_folders(package / "bins")) take(platform);
  }
  std::vector<fs::path> folders;

 private:
  void take(const fs::path& folder) {
    if (!has_libraries(folder)) return;
    std::error_code none;
    const fs::path whole = fs::weakly_canonical(folder, none);
    if (std::find(folders.begin(), folders.end(), whole) == folders.end()) folders.push_back(whole);
  }
};

}  // namespace

tl::expected<std::vector<fs::path>, std::string> find_engine_libraries(const Host& host,
                                                                       const std::string& given) {
  Found found;
  if (given == "none") return found.folders;
  if (given != "auto") {
    found.look_into(given);
    if (found.folders.empty())
      return tl::unexpected(
          fmt::format("{} holds none of llama.cpp's libraries (libggml-base*.so): name the folder of a "
                      "llama.cpp installation, or one with its npm packages, or auto or none",
                      given));
    return found.folders;
  }
  const auto variable = [&](const char* name) {
    return host.environment ? host.environment(name).value_or("") : "";
  };
  const std::string named = variable("WEIGHIN_ENGINE");
  if (named == "none") return found.folders;
  if (!named.empty()) found.look_into(named);
  std::error_code none;
  fs::path folder =
      host.program.empty() ? fs::path() : fs::weakly_canonical(host.program, none).parent_path();
  for (int i = 0; i < folders_above && !folder.empty(); ++i, folder = folder.parent_path()) {
    found.look_into(folder / "engine");
    found.look_into(folder / "scripts" / "engines" / "node-llama-cpp");
    if (folder.filename() == "build")
      for (const fs::path& build : sub_folders(folder)) found.look_into(build / "npm");
    if (folder == folder.parent_path()) break;
  }
  std::istringstream path(variable("PATH"));
  for (std::string on_path; std::getline(path, on_path, ':');) {
    if (on_path.empty() || !fs::is_regular_file(fs::path(on_path) / "llama-bench", none)) continue;
    const fs::path program = fs::weakly_canonical(fs::path(on_path) / "llama-bench", none);
    found.look_into(program.parent_path());
    found.look_into(program.parent_path().parent_path());
  }
  return found.folders;
}

}  // namespace weighin
