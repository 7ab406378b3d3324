// Includes follow docs/flow.md: no folder includes against the flow.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace {

namespace fs = std::filesystem;

const std::map<std::string, std::set<std::string>> allowed{
    {"models", {"models"}},
    {"probes", {"probes"}},
    {"kernels", {"models", "probes", "kernels"}},
    {"results", {"models", "probes", "results"}},  // and kernels/problem.h
    {"harness", {"models", "probes", "kernels", "results", "harness"}},
};

TEST(Flow, NoFolderIncludesAgainstIt) {
  const std::regex include(R"re(^\s*#\s*include\s+"([a-z]+)/([^"]+)")re");
  size_t seen = 0;
  for (const auto& [folder, may] : allowed) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(WEIGHIN_SOURCE_DIR) / folder)) {
      const std::string ending = entry.path().extension().string();
      if (ending != ".cc" && ending != ".h" && ending != ".inl") continue;
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) {
        std::smatch match;
        if (!std::regex_search(line, match, include) || !allowed.contains(match[1])) continue;
        ++seen;
        const bool problem = folder == "results" && match[1] == "kernels" && match[2] == "problem.h";
        EXPECT_TRUE(problem || may.contains(match[1])) << entry.path() << ": " << line;
      }
    }
  }
  EXPECT_GT(seen, 100u);  // the tree was really read
}

}  // namespace
