// The format that a name holds.
#pragma once

#include <string>

namespace weighin {

/// Takes the format out of `name`, the most telling one where it holds several, and leaves a blank for each;
/// "" when there is none.
std::string take_format(std::string& name);

}  // namespace weighin
