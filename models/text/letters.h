// Upper and lower case. Only the letters of ASCII have a case here; every other byte stays as it is.
#pragma once

#include <string>
#include <string_view>

namespace weighin {

constexpr char lower_letter(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr char upper_letter(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string lower_case(std::string_view text);
std::string upper_case(std::string_view text);

/// Whether `a` and `b` differ in case at most.
bool same_letters(std::string_view a, std::string_view b);

}  // namespace weighin
