// Hand-made trees of /proc and /sys: tests/machines/NAME.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "probes/all_probes.h"
#include "tests/folder.h"

namespace weighin {

inline std::filesystem::path tree(const std::string& name) {
  return std::filesystem::path(WEIGHIN_SOURCE_DIR) / "tests/machines" / name;
}
inline Machine machine(const std::string& name) {
  return probe_machine(recorded_host(tree(name)));
}

inline bool any_contains(const std::vector<std::string>& lines, const std::string& part) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

// A copy that the test may change. It is deleted at the end of the test.
struct Copy : Folder {
  explicit Copy(const std::string& name) {
    std::filesystem::copy(tree(name), path(), std::filesystem::copy_options::recursive);
  }
};

}  // namespace weighin
