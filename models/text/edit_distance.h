// How far one word is from another, for suggestions when a name is not known.
#pragma once

#include <cstddef>
#include <string_view>

namespace weighin {

/// The Levenshtein distance of `a` and `b`: how many insertions, deletions and substitutions of one byte turn
/// one into the other.
size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace weighin
