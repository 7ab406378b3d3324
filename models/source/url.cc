#include "models/source/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include "models/source/source.h"
#include "models/text/letters.h"

namespace weighin {
namespace {

/// RFC 1035, section 2.3.4.
constexpr size_t longest_host = 253;

/// "host", "host:port" or "[address]:port". Error: neither.
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

/// A variable in lower case, else in upper case; empty: in neither.
std::string variable(std::string name) {
  if (const char* value = std::getenv(lower_case(name).c_str()); value && *value) return value;
  const char* value = std::getenv(name.c_str());
  return value ? value : "";
}

}  // namespace

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

bool without_proxy(const Url& url, std::string_view exceptions) {
  const std::string listed = lower_case(exceptions);
  size_t start = 0;
  while (start <= listed.size()) {
    const size_t end = std::min(listed.find(',', start), listed.size());
    std::string entry = listed.substr(start, end - start);
    std::erase(entry, ' ');
    start = end + 1;
    if (entry == "*") return true;
    const std::string port = fmt::format(":{}", url.port);
    if (entry.ends_with(port)) entry.resize(entry.size() - port.size());
    if (entry.starts_with('.')) entry.erase(0, 1);
    if (entry.empty()) continue;
    if (url.host == entry || url.host.ends_with("." + entry)) return true;
  }
  return false;
}

tl::expected<std::optional<Proxy>, std::string> proxy_for(const Url& url) {
  const std::string name = url.secure ? "HTTPS_PROXY" : "HTTP_PROXY";
  std::string value = variable(name);
  if (value.empty()) value = variable("ALL_PROXY");
  if (value.empty() || without_proxy(url, variable("NO_PROXY"))) return std::nullopt;
  Proxy proxy{.host = "", .port = 80, .user = "", .password = ""};
  std::string rest = value;
  if (lower_case(rest).starts_with("http://")) rest.erase(0, 7);
  rest.resize(std::min(rest.find('/'), rest.size()));
  if (const size_t at = rest.rfind('@'); at != std::string::npos) {
    const std::string user = rest.substr(0, at);
    const size_t colon = std::min(user.find(':'), user.size());
    proxy.user = user.substr(0, colon);
    proxy.password = colon < user.size() ? user.substr(colon + 1) : "";
    rest.erase(0, at + 1);
  }
  // The value may hold a password, so it is not repeated.
  if (!read_authority(rest, proxy.host, proxy.port))
    return tl::unexpected(
        fmt::format("the environment variable {} names no proxy of the kind http://HOST:PORT", name));
  return proxy;
}

}  // namespace weighin
