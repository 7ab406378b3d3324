#include "models/config/fields.h"

#include <fmt/format.h>

#include <cmath>

namespace weighin {
namespace {

using nlohmann::json;

constexpr size_t longest_list = 10000;  // entries; lists have one per layer

/// A value as it is shown in an error. It may be of any size in the file, so only its beginning is shown.
std::string shown(const json& value) {
  if (value.is_structured()) return value.is_array() ? "a list" : "an object";
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > 40) text = text.substr(0, 40) + "...";
  return text;
}

}  // namespace

const json* ConfigFields::find(Names names, const char** name) const {
  for (const char* candidate : names) {
    const auto field = object_.find(candidate);
    if (field == object_.end() || field->is_null()) continue;
    if (name) *name = candidate;
    return &*field;
  }
  return nullptr;
}

void ConfigFields::reject(std::string_view name, std::string_view why) const {
  if (error_->empty()) *error_ = fmt::format("\"{}{}\" {}", path_, name, why);
}

uint32_t ConfigFields::checked(const json& value, std::string_view name) const {
  // 4.0 counts as a whole number.
  const double real = value.is_number() ? value.get<double>() : -1;
  if (!(real >= 0) || real != std::floor(real)) {
    reject(name, fmt::format("is {}, which is no whole number of at least 0", shown(value)));
    return 0;
  }
  if (real > largest_number) {
    reject(name, fmt::format("is {}, above the largest number taken here, {}", shown(value), largest_number));
    return 0;
  }
  return static_cast<uint32_t>(real);
}

uint32_t ConfigFields::number(Names names, uint32_t if_absent) const {
  const char* name = nullptr;
  const json* value = find(names, &name);
  return value ? checked(*value, name) : if_absent;
}

uint32_t ConfigFields::size(Names names) const {
  return size(names, 0);
}

uint32_t ConfigFields::size(Names names, uint32_t if_absent) const {
  const char* name = *names.begin();
  const json* value = find(names, &name);
  const uint32_t found = value ? checked(*value, name) : if_absent;
  if (found == 0) reject(name, value ? "is 0, and must be above it" : "is missing");
  return found;
}

double ConfigFields::real(Names names, double if_absent) const {
  const char* name = nullptr;
  const json* value = find(names, &name);
  if (!value) return if_absent;
  const double found = value->is_number() ? value->get<double>() : -1;
  if (found >= 0 && found <= 1e6) return found;
  reject(name, fmt::format("is {}, which is no number from 0 to a million", shown(*value)));
  return if_absent;
}

bool ConfigFields::flag(Names names, bool if_absent) const {
  const char* name = nullptr;
  const json* value = find(names, &name);
  if (!value) return if_absent;
  if (value->is_boolean()) return value->get<bool>();
  reject(name, fmt::format("is {}, which is neither true nor false", shown(*value)));
  return if_absent;
}

bool ConfigFields::is_word(Names names) const {
  const json* value = find(names);
  return value && value->is_string();
}

std::string ConfigFields::word(Names names, std::string_view if_absent) const {
  const char* name = nullptr;
  const json* value = find(names, &name);
  if (!value) return std::string(if_absent);
  if (value->is_string()) return value->get<std::string>();
  reject(name, fmt::format("is {}, which is no text", shown(*value)));
  return std::string(if_absent);
}

std::vector<std::string> ConfigFields::words(Names names) const {
  const char* name = nullptr;
  const json* value = find(names, &name);
  std::vector<std::string> found;
  if (!value) return found;
  if (!value->is_array() || value->size() > longest_list) {
    reject(name, fmt::format("is {}, which is no list of at most {} texts", shown(*value), longest_list));
    return found;
  }
  for (const json& item : *value) {
    if (!item.is_string()) {
      reject(name, fmt::format("holds {}, which is no text", shown(item)));
      return {};
    }
    found.push_back(item.get<std::string>());
  }
  return found;
}

std::vector<uint32_t> ConfigFields::list(Names names) const {
  const char* name = nullptr;
  const json* value = find(names, &name);
  std::vector<uint32_t> found;
  if (!value) return found;
  if (!value->is_array() || value->size() > longest_list) {
    reject(name, fmt::format("is {}, which is no list of at most {} numbers", shown(*value), longest_list));
    return found;
  }
  for (const json& item : *value) found.push_back(checked(item, name));
  return found;
}

std::vector<uint32_t> ConfigFields::numbers(Names names, uint32_t count) const {
  const char* name = nullptr;
  const json* value = find(names, &name);
  if (!value) return {};
  if (!value->is_array())
    return std::vector<uint32_t>(std::min<size_t>(count, longest_list), checked(*value, name));
  std::vector<uint32_t> found = list(names);
  if (found.size() == count) return found;
  reject(name, fmt::format("has {} entries, and there are {} layers", found.size(), count));
  return {};
}

std::vector<double> ConfigFields::reals(Names names) const {
  const char* name = nullptr;
  const json* value = find(names, &name);
  std::vector<double> found;
  if (!value) return found;
  if (!value->is_array() || value->size() > longest_list) {
    reject(name, fmt::format("is {}, which is no list of at most {} numbers", shown(*value), longest_list));
    return found;
  }
  for (const json& item : *value) {
    const double real = item.is_number() ? item.get<double>() : -1;
    if (!(real >= 0 && real <= 1e6)) {
      reject(name, fmt::format("holds {}, which is no number from 0 to a million", shown(item)));
      return {};
    }
    found.push_back(real);
  }
  return found;
}

ConfigFields ConfigFields::inside(Names names) const {
  static const json empty = json::object();
  const char* name = *names.begin();
  const json* value = find(names, &name);
  if (value && !value->is_object()) {
    reject(name, fmt::format("is {}, which is no object", shown(*value)));
    value = nullptr;
  }
  return {value ? *value : empty, fmt::format("{}{}.", path_, name), error_};
}

}  // namespace weighin
