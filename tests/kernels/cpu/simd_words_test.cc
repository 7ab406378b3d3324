// docs/simd_words.md lists every word of the instruction sets, and no other.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "kernels/isa/isa.h"

namespace weighin {
namespace {

namespace fs = std::filesystem;

const fs::path words_folder = fs::path(WEIGHIN_SOURCE_DIR) / "kernels/cpu/isa";

std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::set<std::string> matches(const std::string& text, const char* pattern) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at)
    found.insert((*at)[1]);
  return found;
}

/// What the page has between backquotes, each word without its operands.
std::set<std::string> listed() {
  return matches(text_of(fs::path(WEIGHIN_SOURCE_DIR) / "docs/simd_words.md"), "`(\\w+)[^`]*`");
}

TEST(SimdWords, ThePageListsEveryWordOfTheSetThatHasThemAll) {
  std::string headers;
  for (const char* name : {"scalar.h", "vectors.h", "derived_words.h", "f32_parts.h"}) {
    headers += text_of(words_folder / name);
  }
  std::set<std::string> words = matches(headers, "WEIGHIN_WORD \\w+ (\\w+)\\(");
  words.erase("load_u16x4");  // a step of its own
  ASSERT_GT(words.size(), 30U);
  const std::set<std::string> page = listed();
  for (const std::string& word : words) EXPECT_TRUE(page.contains(word)) << word;
}

TEST(SimdWords, EveryWordInTheFirstColumnIsDefined) {
  std::string headers;
  for (const auto& entry : fs::directory_iterator(words_folder)) headers += text_of(entry.path());
  std::istringstream page(text_of(fs::path(WEIGHIN_SOURCE_DIR) / "docs/simd_words.md"));
  size_t seen = 0;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| `")) continue;
    const std::string column = line.substr(0, line.find(" | "));
    for (const std::string& word : matches(column, "`(\\w+)[^`]*`")) {
      EXPECT_TRUE(std::regex_search(headers, std::regex("\\b" + word + "\\b")) ||
                  fs::exists(words_folder / (word + ".h")))
          << word;
      ++seen;
    }
  }
  EXPECT_GT(seen, 60U);
}

TEST(SimdWords, ThePageListsEverySet) {
  const std::set<std::string> page = listed();
#define ISA(name, architecture, target, needs) EXPECT_TRUE(page.contains(#name)) << #name;
#include "kernels/isa/isa.inc"
#undef ISA
}

}  // namespace
}  // namespace weighin
