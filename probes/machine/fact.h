// A fact read from a machine: its value, or the reason why it could not be read.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace weighin {

template <class T>
struct Fact {
  std::optional<T> value;
  std::string reason;  // why there is no value; empty if there is one
  std::string source;  // where it was read, or looked for

  bool known() const { return value.has_value(); }
};

template <class T>
Fact<T> known(T value, std::string source) {
  return {std::move(value), "", std::move(source)};
}

template <class T>
Fact<T> absent(std::string reason, std::string source) {
  return {std::nullopt, std::move(reason), std::move(source)};
}

}  // namespace weighin
