// SHA-256, FIPS 180-4.
#pragma once

#include <string>
#include <string_view>

namespace weighin {

/// The digest of `text` as 64 hex digits.
std::string sha256_hex(std::string_view text);

}  // namespace weighin
