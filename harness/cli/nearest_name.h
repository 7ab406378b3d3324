// The name that a mistyped word may mean.
#pragma once

#include <string>
#include <vector>

namespace weighin {

/// The one of `names` that is nearest to `word` by edit distance, whatever their case; empty where none is
/// near. Two letters may differ, or a third of the letters of a long word. The beginning of a name counts as
/// the name.
std::string nearest_name(const std::string& word, const std::vector<std::string>& names);

}  // namespace weighin
