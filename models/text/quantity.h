// Numbers with a unit, as people write them: "16GiB", "120 GB/s".
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <tl/expected.hpp>

#include <string>

namespace weighin {

struct Unit {
  std::string_view name;  // in lower case; empty: of a number without a unit
  double size;            // in the unit that the number is wanted in
};

/// A finite number of at least 0 that is all of `text`; nothing if `text` is something else.
std::optional<double> read_number(std::string_view text);

/// A decimal number and a unit of `units` after it, in upper or lower case, with or without blanks between
/// them. Error: "no number" or "an unknown unit".
tl::expected<double, std::string> read_quantity(std::string_view text, std::span<const Unit> units);

}  // namespace weighin
