// The parts of a URL, and which proxy stands before it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace weighin {

struct Url {
  bool secure = false;  // https
  std::string host;     // without the brackets of an IPv6 address
  int port = 0;
  std::string target;  // path and query, from '/'

  /// "https://huggingface.co:443": what a token may be sent to.
  std::string origin() const;
};

/// Error: what of `text` is no URL of a file on a server.
tl::expected<Url, std::string> parse_url(const std::string& text);

/// Where a redirect from `from` leads. Error: to no such URL, or from https to http.
tl::expected<Url, std::string> redirected(const Url& from, const std::string& location);

struct Proxy {
  std::string host;
  int port = 0;
  std::string user, password;
};

/// The proxy that the environment names for `url` (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, but for hosts of
/// NO_PROXY; in upper or lower case), if any. Error: a variable that is no URL of a proxy.
tl::expected<std::optional<Proxy>, std::string> proxy_for(const Url& url);

/// Whether NO_PROXY's list `exceptions` has the host: whole, as the end of its domain (".org",
/// "example.org"), or "*".
bool without_proxy(const Url& url, std::string_view exceptions);

}  // namespace weighin
