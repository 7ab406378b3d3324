#include "results/text/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "models/text/units.h"

namespace weighin {
namespace {

/// As few digits as it takes to see which of the two is larger, at least two.
int digits_to_tell(double a, double b) {
  int significant = 2;
  while (a != b && significant < 12 && digits_text(a, significant) == digits_text(b, significant))
    ++significant;
  return significant;
}

}  // namespace

std::string digits_text(double value, int significant) {
  if (value == 0 || !std::isfinite(value)) return fmt::format("{:g}", value);
  // The decimal exponent is that of the rounded number: 9.96 has two digits as 10, not as 10.0.
  const double rounded = std::strtod(fmt::format("{:.{}e}", value, significant - 1).c_str(), nullptr);
  const int after = significant - 1 - static_cast<int>(std::floor(std::log10(std::abs(rounded))));
  return fmt::format("{:.{}f}", rounded, std::max(after, 0));
}

std::string two_digits(double value) {
  return digits_text(value, 2);
}

std::string gib_text(uint64_t bytes) {
  return two_digits(in_gib(bytes)) + " GiB";
}

std::string gb_text(uint64_t bytes) {
  return two_digits(in_gb(bytes)) + " GB";
}

std::string nominal_gib_text(uint64_t bytes) {
  return fmt::format("{:g} GiB", std::strtod(two_digits(in_gib(bytes)).c_str(), nullptr));
}

std::string count_text(uint64_t count) {
  constexpr std::pair<double, const char*> units[] = {{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "K"}};
  for (const auto& [size, letter] : units) {
    const double scaled = static_cast<double>(count) / size;
    if (scaled >= 1) return fmt::format("{:.{}f}{}", scaled, scaled < 10 ? 2 : scaled < 100 ? 1 : 0, letter);
  }
  return std::to_string(count);
}

std::string interval_text(const std::optional<Interval>& value) {
  if (!value) return "-";
  return fmt::format("{} ({}-{})", two_digits(value->mid), two_digits(value->low), two_digits(value->high));
}

std::string interval_with_unit(const Interval& value, const std::string& unit) {
  return fmt::format("{} {} ({} to {})", two_digits(value.mid), unit, two_digits(value.low),
                     two_digits(value.high));
}

std::string needs_text(double needed, double usable, const std::string& unit, const std::string& word,
                       const std::string& kind) {
  const int significant = digits_to_tell(needed, usable);
  return fmt::format("needs {} {}, {} {} {}: {}", digits_text(needed, significant), unit,
                     digits_text(usable, significant), unit, word, kind);
}

std::string within_text(const std::string& what, double limit, double predicted, const std::string& unit) {
  const int significant = digits_to_tell(limit, predicted);
  return fmt::format("needs {} within {} {}, {} {} predicted: speed", what, digits_text(limit, significant),
                     unit, digits_text(predicted, significant), unit);
}

}  // namespace weighin
