// Paths and URLs as text.
#pragma once

#include <string>
#include <string_view>

namespace weighin {

/// Whether `text` begins with "https://" or "http://", in any case.
bool is_url(std::string_view text);

/// The path or URL of the file `name` in the same folder as `path_or_url`, with the same query.
std::string beside(const std::string& path_or_url, std::string_view name);

/// The last part of a path, or of a URL's path.
std::string file_name(const std::string& path_or_url);

/// Text of a file in a form that is safe to show: at most 200 characters, with "?" for everything but
/// printable ASCII.
std::string plain_text(std::string_view text);

}  // namespace weighin
