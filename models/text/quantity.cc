#include "models/text/quantity.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "models/text/letters.h"

namespace weighin {

std::optional<double> read_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
    return std::nullopt;
  return value;
}

tl::expected<double, std::string> read_quantity(std::string_view text, std::span<const Unit> units) {
  // strtod would take "inf", "nan" and "0x10" as well.
  const size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string number(text.substr(0, digits));
  char* end = nullptr;
  const double value = std::strtod(number.c_str(), &end);
  if (number.empty() || *end != 0) return tl::unexpected(std::string("no number"));
  std::string unit;
  for (const char c : text.substr(digits))
    if (!std::isspace(static_cast<unsigned char>(c))) unit += lower_letter(c);
  const auto known =
      std::find_if(units.begin(), units.end(), [&](const Unit& one) { return one.name == unit; });
  if (known == units.end()) return tl::unexpected(std::string("an unknown unit"));
  return value * known->size;
}

}  // namespace weighin
