// Reads the small text formats of /proc and /sys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weighin {

/// `text` without white space at both ends.
std::string_view trimmed(std::string_view text);

/// The lines of `text`, without their line ends.
std::vector<std::string_view> lines_of(std::string_view text);

/// The words of `text`, split at white space.
std::vector<std::string_view> words_of(std::string_view text);

/// The unsigned decimal number that `text` is, apart from white space around it. Nothing if it has a sign,
/// other characters, or overflows.
std::optional<uint64_t> whole_number(std::string_view text);

/// The trimmed value of the first line "key<separator> value". Nothing if no line has that key.
std::optional<std::string_view> field(std::string_view text, std::string_view key, char separator = ':');

}  // namespace weighin
