// Lines of a terminal: folded text and aligned tables.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace weighin {

/// `text` in lines of at most `columns`, each after `indent` spaces. A word longer than a line stays whole.
std::string wrapped(const std::string& text, size_t indent, size_t columns);

/// One line a row, its cells as wide as the widest of their column, without spaces at its end. Columns whose
/// number is in `right` are aligned to the right.
std::vector<std::string> aligned(const std::vector<std::vector<std::string>>& rows,
                                 const std::set<size_t>& right);

}  // namespace weighin
