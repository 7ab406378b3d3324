// Letters and digits of ASCII. Every other byte is neither, and has no case.
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

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string lower_case(std::string_view text);
std::string upper_case(std::string_view text);

/// Whether `a` and `b` differ in case at most.
bool same_letters(std::string_view a, std::string_view b);

}  // namespace weighin
