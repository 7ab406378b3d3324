// SHA-256, by OpenSSL's libcrypto.
#pragma once

#include <string>
#include <string_view>

namespace weighin {

/// The SHA-256 digest (FIPS 180-4) of `text` as 64 hex digits.
std::string sha256_hex(std::string_view text);

}  // namespace weighin
