// The parts of a URL.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace weighin {

struct Url {
  bool secure = false;  // https
  std::string host;     // without the brackets of an IPv6 address
  int port = 0;
  std::string target;  // path and query, from '/'

  /// "https://huggingface.co:443". A token is sent to no other origin.
  std::string origin() const;
};

/// The host and port at the beginning of a URL or proxy address: "host", "host:port" or "[address]:port".
/// `port` keeps its value where the text names none. False where the text is none of these.
bool read_authority(std::string_view text, std::string& host, int& port);

/// Error: why `text` is not the URL of a file on a server.
tl::expected<Url, std::string> parse_url(const std::string& text);

/// The URL that a redirect from `from` leads to. Error: it is no URL, or it leads from https to http.
tl::expected<Url, std::string> redirected(const Url& from, const std::string& location);

}  // namespace weighin
