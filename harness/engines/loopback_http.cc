#include "harness/engines/loopback_http.h"

#include <fmt/format.h>
#include <httplib.h>

#include <nlohmann/json.hpp>
#include <stop_token>
#include <thread>

#include "models/text/json_value.h"

namespace weighin {
namespace {

using nlohmann::json;
using std::chrono::steady_clock;

constexpr size_t most_bytes = 32u << 20;
constexpr auto connect_time = std::chrono::seconds(5);
constexpr auto look_every = std::chrono::milliseconds(20);

/// The text of an "error" in the shapes that servers give it: a string, or an object with a message.
std::string said_by(const json& answer) {
  if (!answer.is_object()) return "";
  if (const auto text = json_field<std::string>(answer, "error")) return *text;
  if (const auto found = answer.find("error"); found != answer.end())
    return json_field<std::string>(*found, "message").value_or("");
  return json_field<std::string>(answer, "message").value_or("");
}

/// A server's text on one line, without control characters, cut where it is long.
std::string on_one_line(std::string text) {
  constexpr size_t most = 300;
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  return text.size() > most ? text.substr(0, most) + "..." : text;
}

using Kind = HttpFailure::Kind;

HttpFailure failure(Kind kind, const std::string& asked, const std::string& what) {
  return {.kind = kind, .status = 0, .said = "", .text = asked + ": " + what};
}

std::string status_text(const LoopbackServer& server, int status, const std::string& said) {
  std::string text = fmt::format("the server answers {}{}", status, said.empty() ? "" : ": " + said);
  if ((status == 401 || status == 403) && !server.bearer_named.empty())
    text += fmt::format(" (not allowed; set {} to the server's key)", server.bearer_named);
  return text;
}

tl::expected<json, HttpFailure> send(const LoopbackServer& server, const char* method,
                                     const std::string& path, const std::string& body,
                                     const Patience& patience) {
  const std::string asked = fmt::format("{} {}{}", method, server.origin, path);
  httplib::Client client(server.origin);
  if (!client.is_valid())
    return tl::unexpected(failure(Kind::nothing_listens, asked, "no connection can be set up"));
  client.set_connection_timeout(connect_time);
  const auto left =
      std::chrono::duration_cast<std::chrono::microseconds>(patience.until - steady_clock::now());
  client.set_read_timeout(std::max(left, std::chrono::microseconds(1)) + std::chrono::seconds(1));
  client.set_follow_location(false);

  httplib::Request request;
  request.method = method;
  request.path = path;
  request.body = body;
  if (!body.empty()) request.set_header("Content-Type", "application/json");
  if (!server.bearer.empty()) request.set_header("Authorization", "Bearer " + server.bearer);
  std::string received;
  bool too_long = false;
  request.content_receiver = [&](const char* data, size_t count, uint64_t, uint64_t) {
    too_long = count > most_bytes - received.size();
    if (!too_long) received.append(data, count);
    return !too_long;
  };

  bool stopped = false, late = false;
  std::jthread watcher([&](const std::stop_token& done) {
    while (!done.stop_requested()) {
      if (patience.stop && patience.stop()) stopped = true;
      if (steady_clock::now() > patience.until) late = true;
      if (stopped || late) client.stop();
      std::this_thread::sleep_for(look_every);
    }
  });
  const httplib::Result result = client.send(request);
  watcher.request_stop();
  watcher.join();

  if (stopped) return tl::unexpected(failure(Kind::stopped, asked, "stopped"));
  if (too_long) return tl::unexpected(failure(Kind::no_json, asked, "the answer has more than 32 MiB"));
  if (late)
    return tl::unexpected(failure(Kind::too_late, asked, "there was no answer in the time that it had"));
  if (!result && result.error() == httplib::Error::Connection)
    return tl::unexpected(failure(Kind::nothing_listens, asked, "nothing listens there"));
  if (!result)
    return tl::unexpected(
        failure(Kind::broke_off, asked,
                fmt::format("the connection ended before the answer did ({}); does the server still run?",
                            httplib::to_string(result.error()))));
  const json answer = json::parse(received, nullptr, false);
  if (result->status != 200) {
    HttpFailure refused{.kind = Kind::refused, .status = result->status, .said = "", .text = ""};
    if (!answer.is_discarded()) refused.said = on_one_line(said_by(answer));
    refused.text = asked + ": " + status_text(server, result->status, refused.said);
    return tl::unexpected(std::move(refused));
  }
  if (answer.is_discarded())
    return tl::unexpected(
        failure(Kind::no_json, asked,
                fmt::format("the answer is no JSON: \"{}\"", on_one_line(received.substr(0, 80)))));
  return answer;
}

}  // namespace

bool is_loopback(const std::string& host) {
  if (host == "localhost" || host == "::1") return true;
  const bool numbers = host.find_first_not_of("0123456789.") == std::string::npos;
  return numbers && host.starts_with("127.");
}

tl::expected<json, HttpFailure> get_json(const LoopbackServer& server, const std::string& path,
                                         const Patience& patience) {
  return send(server, "GET", path, "", patience);
}

tl::expected<json, HttpFailure> post_json(const LoopbackServer& server, const std::string& path,
                                          const json& body, const Patience& patience) {
  return send(server, "POST", path, body.dump(), patience);
}

}  // namespace weighin
