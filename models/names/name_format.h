// The file format in the name of a model or file.
#pragma once

#include <string>

namespace weighin {

/// Removes the formats from `name`, leaving a blank for each, and returns the most specific one. Empty where
/// there is none. A format of format/file_formats.inc has its spelling there.
std::string take_format(std::string& name);

}  // namespace weighin
