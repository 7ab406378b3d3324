// The lines of the comparison: a Markdown table to read, or CSV with every figure.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "tests/engine/compare/comparison.h"

namespace weighin {

std::string table_head();
std::string table_line(const Comparison& comparison);
/// The line of a case that could not be compared, with the reason.
std::string table_line(const ComparisonCase& of, const std::string& reason);

std::string csv_head();
std::string csv_line(const Comparison& comparison);

}  // namespace weighin
