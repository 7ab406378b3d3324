#include "models/source/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "models/source/location.h"
#include "models/text/letters.h"

namespace weighin {
namespace {

/// RFC 1035, section 2.3.4.
constexpr size_t longest_host = 253;

}  // namespace

bool read_authority(std::string_view text, std::string& host, int& port) {
  std::string_view after;
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    host = lower_case(text.substr(1, end - 1));
    after = text.substr(end + 1);
  } else {
    const size_t colon = std::min(text.find(':'), text.size());
    host = lower_case(text.substr(0, colon));
    after = text.substr(colon);
  }
  const bool plain = std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '.' || c == '-' || c == '_' || c == ':';
  });
  if (host.empty() || host.size() > longest_host || !plain) return false;
  if (after.empty()) return true;
  if (after[0] != ':') return false;
  const auto [end, error] = std::from_chars(after.data() + 1, after.data() + after.size(), port);
  return error == std::errc() && end == after.data() + after.size() && port > 0 && port < 65536;
}

std::string Url::origin() const {
  return fmt::format("{}://{}:{}", secure ? "https" : "http",
                     host.find(':') == std::string::npos ? host : "[" + host + "]", port);
}

tl::expected<Url, std::string> parse_url(const std::string& text) {
  const auto wrong = [&](const char* what) {
    return tl::unexpected(fmt::format("\"{}\" {}", plain_text(text), what));
  };
  if (!is_url(text)) return wrong("is no http or https URL");
  Url url;
  url.secure = lower_letter(text[4]) == 's';
  url.port = url.secure ? 443 : 80;
  const size_t start = text.find("://") + 3;
  const size_t path = std::min(text.find_first_of("/?#", start), text.size());
  const std::string authority = text.substr(start, path - start);
  if (authority.find('@') != std::string::npos) return wrong("holds a user name, which is not sent");
  if (!read_authority(authority, url.host, url.port)) return wrong("names no host");
  url.target = text.substr(path, std::min(text.find('#', path), text.size()) - path);
  if (!url.target.starts_with('/')) url.target = "/" + url.target;
  const bool printable =
      std::all_of(url.target.begin(), url.target.end(), [](char c) { return c > 0x20 && c != 0x7f; });
  if (!printable) return wrong("has a space or a control character in it");
  return url;
}

tl::expected<Url, std::string> redirected(const Url& from, const std::string& location) {
  std::string to = location;
  if (to.starts_with("//")) {
    to = (from.secure ? "https:" : "http:") + to;
  } else if (to.starts_with('/')) {
    to = from.origin() + to;
  } else if (!is_url(to)) {
    const std::string path = from.target.substr(0, from.target.find('?'));
    to = from.origin() + path.substr(0, path.rfind('/') + 1) + to;
  }
  auto url = parse_url(to);
  if (url && from.secure && !url->secure)
    return tl::unexpected(
        fmt::format("{} redirects to {}, which is not encrypted", from.origin(), url->origin()));
  return url;
}

}  // namespace weighin
