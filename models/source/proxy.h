// The proxy between this machine and a server. proxy.cc reads the environment.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "models/source/url.h"

namespace weighin {

struct Proxy {
  std::string host;
  int port = 0;
  std::string user, password;
};

/// The proxy that the environment names for `url`, if any: HTTPS_PROXY or HTTP_PROXY by the URL's scheme,
/// else ALL_PROXY, in lower or upper case; none for the hosts of NO_PROXY. Error: the variable that is no URL
/// of a proxy.
tl::expected<std::optional<Proxy>, std::string> proxy_for(const Url& url);

/// Whether the list `exceptions`, as NO_PROXY holds it, names the host of `url`: by its whole name, by the
/// end of its domain (".org", "example.org"), or by "*".
bool without_proxy(const Url& url, std::string_view exceptions);

}  // namespace weighin
