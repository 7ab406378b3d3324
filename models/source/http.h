// Files on HTTP servers. Of models/, http.cc is the only file that uses cpp-httplib.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "models/source/byte_source.h"

namespace weighin {

/// The file at `url`. Redirects are followed, to other hosts as well. The environment variables HTTPS_PROXY,
/// HTTP_PROXY and NO_PROXY are used (proxy.h). HF_TOKEN is sent as a bearer token to the URL's own host
/// alone. A server that answers a range with the whole file is accepted where the file is small. Error: what
/// was asked, and what the server answered.
tl::expected<ByteSource, std::string> open_url(const std::string& url);

}  // namespace weighin
