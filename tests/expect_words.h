// What a message must say, whatever its wording.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace weighin {

inline void expect_words(const std::string& text, std::initializer_list<const char*> words) {
  for (const char* word : words) EXPECT_NE(text.find(word), std::string::npos) << word << " in: " << text;
}

}  // namespace weighin
