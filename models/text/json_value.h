// Values of a JSON document, read without exceptions.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace weighin {

/// `value` as a T; nothing if it is something else. T is bool, double, uint64_t (a whole number of at least
/// 0), std::string, or a vector of one of these.
template <class T>
std::optional<T> json_value(const nlohmann::json& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value.is_boolean() ? std::optional(value.get<bool>()) : std::nullopt;
  } else if constexpr (std::is_same_v<T, double>) {
    return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
  } else if constexpr (std::is_same_v<T, uint64_t>) {
    return value.is_number_unsigned() ? std::optional(value.get<uint64_t>()) : std::nullopt;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt;
  } else {
    if (!value.is_array()) return std::nullopt;
    T list;
    for (const nlohmann::json& item : value) {
      auto read = json_value<typename T::value_type>(item);
      if (!read) return std::nullopt;
      list.push_back(std::move(*read));
    }
    return list;
  }
}

/// The value of `key` in `object` as a T; nothing if `object` is no object, has no such key, or has something
/// else there.
template <class T>
std::optional<T> json_field(const nlohmann::json& object, const char* key) {
  if (!object.is_object()) return std::nullopt;
  const auto found = object.find(key);
  return found == object.end() ? std::nullopt : json_value<T>(*found);
}

}  // namespace weighin
