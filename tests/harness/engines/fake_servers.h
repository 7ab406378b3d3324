// Servers that answer as Ollama, LM Studio and llama-server do, for the tests of engines that run as servers.
// No Ollama and no LM Studio can be had in the tests: the answers are the ones that their documentation
// prints (Ollama: docs/api.md of its repository, 2026-08; LM Studio: REST API v0, 2026-04). Those of
// llama-server are recorded from a real one (Debian's llama.cpp 0.7.0, 2026-11-30).
#pragma once

#include <httplib.h>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <tl/expected.hpp>
#include <vector>

#include "harness/engines/engines.h"
#include "probes/host/host.h"

namespace weighin {

using nlohmann::json;

/// A server that answers with what a test gives it, and keeps the requests that it gets.
class FakeServer {
 public:
  FakeServer() {
    port_ = server_.bind_to_any_port("127.0.0.1");
    const auto answer = [this](const httplib::Request& request, httplib::Response& response) {
      std::function<void(const json&, httplib::Response&)> handler;
      json body = json::parse(request.body, nullptr, false);
      {
        const std::lock_guard lock(mutex_);
        asked_[request.path].push_back(body);
        keys_.insert(request.get_header_value("Authorization"));
        const auto found = handlers_.find(request.path);
        if (found != handlers_.end()) handler = found->second;
      }
      response.status = handler ? 200 : 404;
      if (handler) handler(body, response);
    };
    server_.Get(".*", answer);
    server_.Post(".*", answer);
    server_.set_keep_alive_max_count(1);
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;
  ~FakeServer() { stop(); }

  void stop() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }
  std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int port() const { return port_; }
  void on(const std::string& path, std::function<void(const json&, httplib::Response&)> handler) {
    const std::lock_guard lock(mutex_);
    handlers_[path] = std::move(handler);
  }
  void on(const std::string& path, const json& answer) {
    on(path, [text = answer.dump()](const json&, httplib::Response& response) {
      response.set_content(text, "application/json");
    });
  }
  std::vector<json> asked(const std::string& path) {
    const std::lock_guard lock(mutex_);
    return asked_[path];
  }
  std::set<std::string> keys() {
    const std::lock_guard lock(mutex_);
    return keys_;
  }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
  std::mutex mutex_;
  std::map<std::string, std::function<void(const json&, httplib::Response&)>> handlers_;
  std::map<std::string, std::vector<json>> asked_;
  std::set<std::string> keys_;
};

uint64_t words_in(const std::string& text);

/// Ollama that has smollm2:135m. A prompt's words have 1.25 tokens each and take 10 ms a token; a generated
/// token takes 50 ms.
void be_ollama(FakeServer& server, double on_gpu = 0);

/// LM Studio with the two models of its documentation's example, in other names.
void be_lm_studio(FakeServer& server, const std::string& runtime = "llama.cpp-linux-x86_64-avx2");

/// llama-server as it is started with -m /models/smollm2-135m-q4_0.gguf -c 2048.
void be_llama_server(FakeServer& server, uint64_t cached = 0);

/// This machine with `variables` in place of its environment.
Host host_with(const std::map<std::string, std::string>& variables);

/// 100 tokens of prompt and 10 of answer, twice.
EngineRequest small_request();

/// The report, or the error, of the whole way from a URL.
tl::expected<EngineReport, std::string> run_at(const std::string& url, const std::string& model,
                                               const EngineRequest& request = small_request(),
                                               const std::string& format = "");

/// Expects an error that says all of `words`.
void expect_error(const tl::expected<EngineReport, std::string>& report,
                  const std::vector<std::string>& words);

}  // namespace weighin
