// The fields of a JSON object in a configuration, each checked as it is read.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace weighin {

/// Reads the fields of one object. The first wrong field is kept as the error, and readers go on with 0,
/// false or an empty value. A field can have several names, by the version or family of a configuration: the
/// first that is there and not null counts, and a field without one is absent. Every number must be whole and
/// at most `largest_number`.
class ConfigFields {
 public:
  static constexpr uint32_t largest_number = 1u << 27;  // above the vocabulary and context of every model

  /// `path` is put before the name of every field in errors: "text_config.".
  ConfigFields(const nlohmann::json& object, std::string path, std::shared_ptr<std::string> error)
      : object_(object), path_(std::move(path)), error_(std::move(error)) {}

  using Names = std::initializer_list<const char*>;

  bool has(Names names) const { return find(names) != nullptr; }
  bool is_word(Names names) const;
  uint32_t number(Names names, uint32_t if_absent = 0) const;
  /// A number that must be there and not zero.
  uint32_t size(Names names) const;
  /// A number that must not be zero; it must be there where `if_absent` is zero.
  uint32_t size(Names names, uint32_t if_absent) const;
  double real(Names names, double if_absent) const;
  bool flag(Names names, bool if_absent) const;
  std::string word(Names names, std::string_view if_absent = "") const;
  std::vector<std::string> words(Names names) const;
  /// A list of `count` numbers, or one number `count` times. Empty where it is absent. Error: a list of
  /// another length.
  std::vector<uint32_t> numbers(Names names, uint32_t count) const;
  std::vector<double> reals(Names names) const;
  /// A list of at most 10,000 numbers. Empty where it is absent.
  std::vector<uint32_t> list(Names names) const;
  /// The object in this field, or an empty one.
  ConfigFields inside(Names names) const;

  /// Makes "NAME WHY" the error, unless there is one already.
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
