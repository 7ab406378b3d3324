// The fields of one JSON object of a configuration, read with checks; the first wrong one is kept as the
// error.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace weighin {

/// Where a field has had several names, the first that is there and not null counts. A field that is neither
/// is absent. Every number is whole and at most `largest_number`.
class ConfigFields {
 public:
  static constexpr uint32_t largest_number = 1u << 27;  // above every vocabulary and context there is

  /// `path` is put before every field's name in errors: "text_config.".
  ConfigFields(const nlohmann::json& object, std::string path, std::shared_ptr<std::string> error)
      : object_(object), path_(std::move(path)), error_(std::move(error)) {}

  using Names = std::initializer_list<const char*>;

  bool has(Names names) const { return find(names) != nullptr; }
  bool is_word(Names names) const;
  uint32_t number(Names names, uint32_t if_absent = 0) const;
  /// Must be there, and not zero.
  uint32_t size(Names names) const;
  /// Must be there or have an `if_absent` above zero.
  uint32_t size(Names names, uint32_t if_absent) const;
  double real(Names names, double if_absent) const;
  bool flag(Names names, bool if_absent) const;
  std::string word(Names names, std::string_view if_absent = "") const;
  std::vector<std::string> words(Names names) const;
  /// A list of numbers, or one number `count` times; empty when absent. Error: another length than `count`.
  std::vector<uint32_t> numbers(Names names, uint32_t count) const;
  std::vector<double> reals(Names names) const;
  /// A list of numbers of any length (at most 10,000); empty when absent.
  std::vector<uint32_t> list(Names names) const;
  /// The object there, or an empty one.
  ConfigFields inside(Names names) const;

  void reject(std::string_view name, std::string_view why) const;
  bool failed() const { return !error_->empty(); }
  const std::string& error() const { return *error_; }

 private:
  const nlohmann::json* find(Names names, const char** name = nullptr) const;
  uint32_t checked(const nlohmann::json& value, std::string_view name) const;

  const nlohmann::json& object_;
  std::string path_;
  std::shared_ptr<std::string> error_;
};

}  // namespace weighin
