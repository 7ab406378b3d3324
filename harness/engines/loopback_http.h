// JSON over HTTP with a server on this machine, such as Ollama.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <tl/expected.hpp>

namespace weighin {

/// Why a request has no JSON answer.
struct HttpFailure {
  enum class Kind : uint8_t {
    nothing_listens,  // no connection could be made
    broke_off,        // the connection ended before the answer did
    too_late,         // the time was over
    stopped,          // the user stopped the command
    refused,          // the server answered with a status other than 200
    no_json,          // it answered with something that is no JSON
  };
  Kind kind = Kind::broke_off;
  int status = 0;    // of `refused` and `no_json`
  std::string said;  // the server's own message, where it has one
  /// A sentence that names the request, the server and what happened.
  std::string text;
};

/// The address of a server on this machine.
struct LoopbackServer {
  std::string origin;        // "http://127.0.0.1:11434"
  std::string bearer;        // sent as the bearer token; empty: none
  std::string bearer_named;  // the environment variable that the token comes from, for messages
};

/// Whether `host` is this machine: "localhost", an address of 127.0.0.0/8, or "::1".
bool is_loopback(const std::string& host);

/// Until when an answer may take, and whether the user wants to stop. Both are looked at every 20 ms.
struct Patience {
  std::chrono::steady_clock::time_point until;
  std::function<bool()> stop;
};

/// The JSON that the server answers to GET `path`, of at most 32 MiB.
tl::expected<nlohmann::json, HttpFailure> get_json(const LoopbackServer& server, const std::string& path,
                                                   const Patience& patience);

/// The JSON that the server answers to POST `path` with `body`, of at most 32 MiB.
tl::expected<nlohmann::json, HttpFailure> post_json(const LoopbackServer& server, const std::string& path,
                                                    const nlohmann::json& body, const Patience& patience);

}  // namespace weighin
