#include "models/source/location.h"

#include <algorithm>

#include "models/text/letters.h"

namespace weighin {
namespace {

/// The end of the path in a path or URL: a URL's query or fragment begins there.
size_t path_end(const std::string& text) {
  return is_url(text) ? std::min(text.find_first_of("?#"), text.size()) : text.size();
}

}  // namespace

bool is_url(std::string_view text) {
  const auto starts = [&](std::string_view scheme) {
    return text.size() > scheme.size() && same_letters(text.substr(0, scheme.size()), scheme);
  };
  return starts("http://") || starts("https://");
}

std::string beside(const std::string& path_or_url, std::string_view name) {
  const size_t end = path_end(path_or_url);
  const size_t slash = path_or_url.substr(0, end).rfind('/');
  const std::string folder = slash == std::string::npos ? "" : path_or_url.substr(0, slash + 1);
  return folder + std::string(name) + path_or_url.substr(end);
}

std::string file_name(const std::string& path_or_url) {
  const std::string path = path_or_url.substr(0, path_end(path_or_url));
  return path.substr(path.rfind('/') + 1);
}

std::string plain_text(std::string_view text) {
  std::string plain(text.substr(0, 200));
  std::replace_if(
      plain.begin(), plain.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return plain;
}

}  // namespace weighin
