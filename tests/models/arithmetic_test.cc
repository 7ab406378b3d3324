// The arithmetic stands apart from the system: it opens no files or connections, starts no threads, reads
// neither environment nor clock, and throws nothing, so that it can run where these are not, such as in
// WebAssembly. The files that do touch the system are named here and in docs/flow.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// Each folder of arithmetic, and its files that touch the system.
const std::map<std::string, std::set<std::string>> system_files{
    {"models",
     {"models/source/open.cc", "models/source/http.cc", "models/source/proxy.cc", "models/import/hub.cc",
      "models/import/import.cc", "models/import/kept.h", "models/import/kept.cc",
      "models/synthetic/new_file.cc", "models/text/utc_time.h", "models/text/utc_time.cc"}},
    {"probes/devices", {}},
    {"probes/machine", {}},
    {"kernels/problem", {}},
    {"results/text", {"results/text/csv_table.cc"}},
    {"results/capacity", {}},
    {"results/measured", {}},
    {"results/spec", {}},
    {"results/profile", {}},
    {"results/fit", {}},
    {"results/shrink", {}},
    {"results/coverage", {}},
    {"results/accuracy", {}},
    {"results/report", {}},
};

/// Headers of files, connections, processes, threads and clocks, and of libraries that use them. Headers of
/// exceptions.
const std::regex system_header(
    R"re(^\s*#\s*include\s+<((sys|openssl|arpa|netinet|SQLiteCpp)/.*|)re"
    R"re((unistd|fcntl|dlfcn|spawn|signal|poll|dirent|pthread|sched|time|errno|stdio|httplib|sqlite3)\.h|)re"
    R"re(c(stdio|errno|signal|time)|(f|io|o|i)stream|filesystem|chrono|)re"
    R"re(thread|jthread|mutex|shared_mutex|condition_variable|future|atomic|semaphore|barrier|latch|)re"
    R"re(exception|stdexcept|system_error)>)re");

/// Calls of the system, exceptions, and functions of the standard library that throw.
const std::regex system_word(
    R"re(\b(try|catch|throw)\b|\bgetenv\b|\bstd::sto(i|l|ll|ul|ull|f|d|ld)\b|\b(std::)?system\()re");

std::string without_comments_and_strings(const std::string& text) {
  std::string code;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "//") == 0) {
      i = std::min(text.find('\n', i), text.size());
    } else if (text.compare(i, 3, "R\"(") == 0) {
      i = std::min(text.find(")\"", i), text.size());
    } else if (text[i] == '"' && (i == 0 || text[i - 1] != '\'')) {
      for (++i; i < text.size() && text[i] != '"' && text[i] != '\n'; ++i)
        if (text[i] == '\\') ++i;
    }
    if (i < text.size()) code += text[i];
  }
  return code;
}

/// The lines of `file` that touch the system.
std::vector<std::string> lines_that_touch_the_system(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  std::vector<std::string> lines;
  std::istringstream whole(text), code(without_comments_and_strings(text));
  for (std::string line; std::getline(whole, line);)
    if (std::regex_search(line, system_header)) lines.push_back(line);
  for (std::string line; std::getline(code, line);)
    if (std::regex_search(line, system_word)) lines.push_back(line);
  return lines;
}

TEST(Arithmetic, TouchesTheSystemInTheNamedFilesAlone) {
  for (const auto& [folder, files] : system_files) {
    size_t read = 0;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(WEIGHIN_SOURCE_DIR) / folder)) {
      const std::string ending = entry.path().extension().string();
      if (ending != ".cc" && ending != ".h" && ending != ".inc" && ending != ".inl") continue;
      ++read;
      const std::string name = fs::relative(entry.path(), WEIGHIN_SOURCE_DIR).generic_string();
      if (files.contains(name)) continue;
      for (const std::string& line : lines_that_touch_the_system(entry.path()))
        ADD_FAILURE() << name << " is arithmetic, and has: " << line;
    }
    EXPECT_GT(read, files.size()) << folder;
  }
}

TEST(Arithmetic, EachNamedFileTouchesTheSystem) {
  for (const auto& [folder, files] : system_files)
    for (const std::string& name : files)
      EXPECT_FALSE(lines_that_touch_the_system(fs::path(WEIGHIN_SOURCE_DIR) / name).empty())
          << name << " is in the table, and touches nothing of the system";
}

}  // namespace
