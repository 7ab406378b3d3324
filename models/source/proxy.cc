#include "models/source/proxy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "models/text/letters.h"

namespace weighin {
namespace {

/// The environment variable `name` in lower case, else in upper case; empty where neither is set.
std::string variable(std::string name) {
  if (const char* value = std::getenv(lower_case(name).c_str()); value && *value) return value;
  const char* value = std::getenv(name.c_str());
  return value ? value : "";
}

}  // namespace

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

}  // namespace weighin
