// The comparison's lines: a table to read (Markdown), or CSV with everything.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "tests/engine/compare/comparison.h"

namespace weighin {

std::string table_head();
std::string table_line(const Comparison& comparison);
/// A case that could not be compared, with the reason.
std::string table_line(const ComparisonCase& of, const std::string& reason);

std::string csv_head();
std::string csv_line(const Comparison& comparison);

}  // namespace weighin
