// Numbers as words that a person reads, in one form in every text that weighin shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "results/text/interval.h"

namespace weighin {

/// `value` with `significant` digits and no exponent: 4.86 with 2 is "4.9", 9.96 with 2 is "10".
std::string digits_text(double value, int significant);

/// `value` with two significant digits and no exponent: 4.9, 22, 120, 0.012.
std::string two_digits(double value);

/// Bytes with two significant digits: "4.9 GiB", "12 GiB".
std::string gib_text(uint64_t bytes);

/// The same in units of 1e9 bytes: "4.9 GB".
std::string gb_text(uint64_t bytes);

/// A memory's size as its maker states it, two significant digits without zeros at the end: "8 GiB", "140
/// GiB".
std::string nominal_gib_text(uint64_t bytes);

/// "2.51B", "66.4M", "125B": a count of parameters with three significant digits.
std::string count_text(uint64_t count);

/// "10 (4.8-22)": the middle and the 80% interval; "-" where it is not known.
std::string interval_text(const std::optional<Interval>& value);

/// "29 tokens/s (25 to 33)".
std::string interval_with_unit(const Interval& value, const std::string& unit);

/// "needs NEEDED UNIT, USABLE UNIT WORD: KIND", with as many digits (two or more) as it takes to see which of
/// the two is larger: "needs 4.91 GiB, 4.89 GiB available: RAM".
std::string needs_text(double needed, double usable, const std::string& unit, const std::string& word,
                       const std::string& kind);

/// "needs WHAT within LIMIT UNIT, PREDICTED UNIT predicted: speed", with digits likewise.
std::string within_text(const std::string& what, double limit, double predicted, const std::string& unit);

}  // namespace weighin
