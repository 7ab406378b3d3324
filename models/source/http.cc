#include "models/source/http.h"

#include <fmt/format.h>
#include <httplib.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <memory>
#include <utility>

#include "models/source/location.h"
#include "models/source/proxy.h"
#include "models/source/url.h"

namespace weighin {
namespace {

constexpr uint64_t first_bytes = 64 << 10;  // as ByteSource's first block
/// A file of at most so many bytes is taken whole from a server that ignores ranges: a configuration or a
/// small index, never weights.
constexpr uint64_t most_whole_bytes = 8 << 20;
constexpr int most_redirects = 8;
constexpr time_t connect_seconds = 15, read_seconds = 30;

/// The file of the certificates that this system trusts, as Debian, Fedora, openSUSE and Alpine name it.
/// OpenSSL's own default is the place of the machine that it was built on.
const char* certificates() {
  constexpr const char* places[] = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                    "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};
  if (std::getenv("SSL_CERT_FILE") || std::getenv("SSL_CERT_DIR")) return nullptr;  // OpenSSL reads these
  for (const char* place : places)
    if (access(place, R_OK) == 0) return place;
  return nullptr;
}

/// The answer of a server to a request for one range.
struct Answer {
  int status = 0;
  std::string body;
  std::string location;
  uint64_t total = 0;   // bytes of the whole file
  std::string refusal;  // why the body was not read
};

/// "bytes 0-99/1234" -> 1234, "bytes */0" -> 0.
bool read_total(const std::string& range, uint64_t& total) {
  const size_t slash = range.rfind('/');
  if (slash == std::string::npos) return false;
  const char *begin = range.data() + slash + 1, *end = range.data() + range.size();
  const auto [stop, error] = std::from_chars(begin, end, total);
  return error == std::errc() && stop == end;
}

/// A file on a server, with the connection that reads it.
class HttpFile {
 public:
  HttpFile(std::string name, Url url) : name_(std::move(name)), named_(url.origin()), url_(std::move(url)) {}

  const std::string& name() const { return name_; }

  /// The answer for a range, after redirects, with status 206, 200 or 416. Error: why there is none.
  tl::expected<Answer, std::string> range(uint64_t offset, uint64_t length) {
    for (int i = 0; i <= most_redirects; ++i) {
      auto answer = ask(offset, length);
      if (!answer) return answer;
      if (answer->status == 206 || answer->status == 200 || answer->status == 416) {
        if (!answer->refusal.empty()) return tl::unexpected(answer->refusal);
        return answer;
      }
      if (answer->status < 300 || answer->status >= 400 || answer->location.empty())
        return tl::unexpected(
            fmt::format("{}: the server answers {}{}", name_, answer->status, advice(answer->status)));
      auto next = redirected(url_, answer->location);
      if (!next) return tl::unexpected(fmt::format("{}: {}", name_, next.error()));
      if (next->origin() != url_.origin()) client_.reset();
      url_ = std::move(*next);
    }
    return tl::unexpected(fmt::format("{}: redirected more than {} times", name_, most_redirects));
  }

 private:
  static const char* advice(int status) {
    if (status == 404) return " (there is no such file)";
    return status == 401 || status == 403 ? " (not allowed); where the file is for those who accepted its "
                                            "terms alone, set HF_TOKEN to your token"
                                          : "";
  }

  tl::expected<void, std::string> connect() {
    if (client_) return {};
    const auto proxy = proxy_for(url_);
    if (!proxy) return tl::unexpected(proxy.error());
    client_ = std::make_unique<httplib::Client>(url_.origin());
    if (!client_->is_valid()) return tl::unexpected(fmt::format("{}: no connection can be set up", name_));
    client_->set_keep_alive(true);
    client_->set_follow_location(false);  // range() does, so that the token is sent to no other host
    client_->set_decompress(false);
    client_->set_url_encode(false);
    client_->set_connection_timeout(connect_seconds);
    client_->set_read_timeout(read_seconds);
    if (const char* place = certificates()) client_->set_ca_cert_path(place);
    if (*proxy) {
      client_->set_proxy((*proxy)->host, (*proxy)->port);
      if (!(*proxy)->user.empty()) client_->set_proxy_basic_auth((*proxy)->user, (*proxy)->password);
    }
    return {};
  }

  httplib::Headers headers(uint64_t offset, uint64_t length) const {
    httplib::Headers headers{{"Range", fmt::format("bytes={}-{}", offset, offset + length - 1)},
                             {"Accept-Encoding", "identity"},
                             {"User-Agent", "weighin"}};
    const char* token = std::getenv("HF_TOKEN");
    const bool local = url_.host == "127.0.0.1" || url_.host == "localhost" || url_.host == "::1";
    if (token && *token && url_.origin() == named_ && (url_.secure || local))
      headers.emplace("Authorization", fmt::format("Bearer {}", token));
    return headers;
  }

  /// Reads the head of the answer. False where the body is not wanted.
  bool take_head(const httplib::Response& head, Answer& answer) const {
    answer.status = head.status;
    answer.location = head.get_header_value("Location");
    const std::string range = head.get_header_value("Content-Range");
    if ((head.status == 206 || head.status == 416) && !read_total(range, answer.total))
      answer.refusal =
          fmt::format("{}: the server does not say how large the file is (Content-Range: \"{}\")", name_,
                      plain_text(range));
    if (head.status == 200) {
      const std::string length = "/" + head.get_header_value("Content-Length");
      if (!read_total(length, answer.total) || answer.total > most_whole_bytes)
        answer.refusal = fmt::format(
            "{}: the server ignores ranges and would send the whole file; download it, and name that", name_);
    }
    return answer.refusal.empty() && (head.status == 206 || head.status == 200);
  }

  tl::expected<Answer, std::string> ask(uint64_t offset, uint64_t length) {
    if (const auto connected = connect(); !connected) return tl::unexpected(connected.error());
    Answer answer;
    const auto result = client_->Get(
        url_.target, headers(offset, length),
        [&](const httplib::Response& head) { return take_head(head, answer); },
        [&](const char* data, size_t count) {
          const uint64_t most = answer.status == 206 ? length : most_whole_bytes;
          if (count > most - std::min<uint64_t>(most, answer.body.size())) {
            answer.refusal = fmt::format("{}: the server sends more than it was asked for", name_);
            return false;
          }
          answer.body.append(data, count);
          return true;
        });
    const bool ended_here = answer.status && (answer.status >= 300 || !answer.refusal.empty());
    if (!result) client_.reset();
    if (!result && !ended_here)
      return tl::unexpected(fmt::format("{}: no answer from {} ({})", name_, url_.origin(),
                                        result.error() == httplib::Error::Connection
                                            ? "no connection could be made"
                                            : httplib::to_string(result.error())));
    return answer;
  }

  std::string name_;
  std::string named_;  // the origin of the URL that was given
  Url url_;            // the URL that redirects led to
  std::unique_ptr<httplib::Client> client_;
};

}  // namespace

tl::expected<ByteSource, std::string> open_url(const std::string& text) {
  auto url = parse_url(text);
  if (!url) return tl::unexpected(url.error());
  const auto file = std::make_shared<HttpFile>(text, std::move(*url));
  auto first = file->range(0, first_bytes);
  if (!first) return tl::unexpected(first.error());
  const uint64_t size = first->total;
  if (first->status == 416 && size != 0)
    return tl::unexpected(fmt::format("{}: the server refuses the range that it was asked for", text));
  const uint64_t expected = first->status == 200 ? size : std::min(first_bytes, size);
  if (first->status != 416 && first->body.size() != expected)
    return tl::unexpected(
        fmt::format("{}: the server sent {} bytes and not {}", text, first->body.size(), expected));
  return ByteSource(
      text, size,
      [file, size, start = std::move(first->body)](
          uint64_t offset, uint64_t length) -> tl::expected<std::string, std::string> {
        if (offset <= start.size() && length <= start.size() - offset) return start.substr(offset, length);
        auto answer = file->range(offset, length);
        if (!answer) return tl::unexpected(answer.error());
        if (answer->status != 206 || answer->total != size)
          return tl::unexpected(fmt::format("{}: the file changed while it was read", file->name()));
        return std::move(answer->body);
      });
}

}  // namespace weighin
