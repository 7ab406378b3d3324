// One field of a CSV file as written.
#pragma once

#include <string>
#include <string_view>

namespace weighin {

/// `text`, in quotes with its own doubled where it holds a comma, a quote or a line's end (RFC 4180, 2.6 and
/// 2.7).
std::string csv_field(std::string_view text);

}  // namespace weighin
