// Engines that run as servers. No Ollama and no LM Studio can be had in the tests: their answers are the ones
// that their documentation prints (Ollama: docs/api.md of its repository, 2026-08; LM Studio: REST API v0,
// 2026-04). Those of llama-server are recorded from a real one (Debian's llama.cpp 0.7.0, 2026-11-30).
#include "harness/engines/served_run.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "harness/engines/llama_server.h"
#include "results/store/store.h"
#include "tests/expect_words.h"
#include "tests/folder.h"
#include "tests/harness/shell.h"

namespace weighin {
namespace {

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

uint64_t words_in(const std::string& text) {
  return static_cast<uint64_t>(std::count(text.begin(), text.end(), ' ')) + 1;
}

/// Ollama that has smollm2:135m. A prompt's words have 1.25 tokens each and take 10 ms a token; a generated
/// token takes 50 ms.
void be_ollama(FakeServer& server, double on_gpu = 0) {
  server.on("/api/version", json{{"version", "0.40.12"}});
  const json details{
      {"format", "gguf"}, {"family", "llama"}, {"parameter_size", "134.52M"}, {"quantization_level", "Q4_0"}};
  const uint64_t size = 91727840;
  server.on("/api/tags", json{{"models", json::array({json{{"name", "smollm2:135m"},
                                                           {"model", "smollm2:135m"},
                                                           {"size", size},
                                                           {"digest", "9077fe9d2ae1"},
                                                           {"details", details}}})}});
  server.on("/api/show", json{{"modelfile", "# a Modelfile\nFROM /nowhere/blobs/sha256-9077\nTEMPLATE x"}});
  server.on("/api/ps", json{{"models", json::array({json{{"name", "smollm2:135m"},
                                                         {"model", "smollm2:135m"},
                                                         {"size", size},
                                                         {"details", details},
                                                         {"expires_at", "2026-11-30T14:38:31.83753-07:00"},
                                                         {"size_vram", static_cast<uint64_t>(on_gpu * size)},
                                                         {"context_length", 4096}}})}});
  server.on("/api/generate", [](const json& asked, httplib::Response& response) {
    const uint64_t words = words_in(asked["prompt"]), tokens = words * 5 / 4;
    const uint64_t generated = asked["options"]["num_predict"];
    const json answer{{"model", asked["model"]},
                      {"created_at", "2026-08-04T19:22:45.499127Z"},
                      {"response", "..."},
                      {"done", true},
                      {"total_duration", 5043500667},
                      {"load_duration", 5025959},
                      {"prompt_eval_count", tokens},
                      {"prompt_eval_duration", tokens * 10'000'000},
                      {"eval_count", generated},
                      {"eval_duration", (generated - 1) * 50'000'000}};
    response.set_content(answer.dump(), "application/json");
  });
}

/// LM Studio with the two models of its documentation's example, in other names.
void be_lm_studio(FakeServer& server, const std::string& runtime = "llama.cpp-linux-x86_64-avx2") {
  server.on("/api/v0/models", json{{"object", "list"},
                                   {"data", json::array({json{{"id", "text-embedding-nomic-embed-text-v1.5"},
                                                              {"type", "embeddings"},
                                                              {"state", "not-loaded"},
                                                              {"quantization", "Q4_0"}},
                                                         json{{"id", "smollm2-135m-instruct"},
                                                              {"object", "model"},
                                                              {"type", "llm"},
                                                              {"publisher", "lmstudio-community"},
                                                              {"arch", "llama"},
                                                              {"compatibility_type", "gguf"},
                                                              {"quantization", "Q8_0"},
                                                              {"state", "loaded"},
                                                              {"max_context_length", 8192}}})}});
  server.on("/api/v0/completions", [runtime](const json& asked, httplib::Response& response) {
    const uint64_t prompt = words_in(asked["prompt"]), generated = asked["max_tokens"];
    const json answer{
        {"id", "cmpl-p9rtxv6fky2v9k8jrd8cc"},
        {"object", "text_completion"},
        {"model", asked["model"]},
        {"choices", json::array({json{{"index", 0}, {"text", "..."}, {"finish_reason", "length"}}})},
        {"usage",
         {{"prompt_tokens", prompt}, {"completion_tokens", generated}, {"total_tokens", prompt + generated}}},
        {"stats",
         {{"tokens_per_second", 57.5},
          {"time_to_first_token", 0.002 * static_cast<double>(prompt)},
          {"generation_time", 0.156},
          {"stop_reason", "maxPredictedTokensReached"}}},
        {"model_info", {{"arch", "llama"}, {"quant", "Q8_0"}, {"format", "gguf"}, {"context_length", 4096}}},
        {"runtime", {{"name", runtime}, {"version", "1.3.0"}, {"supported_formats", json::array({"gguf"})}}}};
    response.set_content(answer.dump(), "application/json");
  });
}

json timings(uint64_t cached, uint64_t prompt, uint64_t generated) {
  return {{"cache_n", cached},
          {"prompt_n", prompt},
          {"prompt_ms", 4.0 * static_cast<double>(prompt)},
          {"predicted_n", generated},
          {"predicted_ms", 20.0 * static_cast<double>(generated - 1)}};
}

/// llama-server as it is started with -m /models/smollm2-135m-q4_0.gguf -c 2048.
void be_llama_server(FakeServer& server, uint64_t cached = 0) {
  server.on("/props",
            json{{"default_generation_settings", {{"params", {{"n_predict", -1}}}, {"n_ctx", 2048}}},
                 {"total_slots", 4},
                 {"model_alias", "/models/smollm2-135m-q4_0.gguf"},
                 {"model_ftype", "Q4_0"},
                 {"model_path", "/models/smollm2-135m-q4_0.gguf"},
                 {"chat_template", "..."},
                 {"build_info", "b11669-Debian"}});
  server.on("/v1/models", json{{"object", "list"},
                               {"data", json::array({json{{"id", "/models/smollm2-135m-q4_0.gguf"},
                                                          {"object", "model"},
                                                          {"owned_by", "llamacpp"},
                                                          {"meta",
                                                           {{"n_vocab", 49152},
                                                            {"n_ctx", 2048},
                                                            {"n_params", 134515008},
                                                            {"size", 89941248},
                                                            {"ftype", "Q4_0"}}}}})}});
  server.on("/completion", [cached](const json& asked, httplib::Response& response) {
    const uint64_t prompt = asked["prompt"].size(), generated = asked["n_predict"];
    const json answer{{"index", 0},
                      {"content", "..."},
                      {"stop", true},
                      {"stop_type", "limit"},
                      {"tokens_evaluated", prompt},
                      {"timings", timings(cached, prompt - std::min(cached, prompt - 1), generated)}};
    response.set_content(answer.dump(), "application/json");
  });
}

Host host_with(const std::map<std::string, std::string>& variables) {
  Host host = this_host();
  host.environment = [variables](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  return host;
}

EngineRequest small_request() {
  EngineRequest request;
  request.limit = std::chrono::seconds(20);
  request.prompt = 100;
  request.generated = 10;
  request.repetitions = 2;
  request.first_prompt = 7;
  return request;
}

/// The report, or the error, of the whole way from a URL.
tl::expected<EngineReport, std::string> run_at(const std::string& url, const std::string& model,
                                               EngineRequest request = small_request(),
                                               const std::string& format = "") {
  auto target = find_server(host_with({}), url);
  if (!target) return tl::unexpected(target.error());
  auto chosen = choose_served_model(*target, model, format);
  if (!chosen) return tl::unexpected(chosen.error());
  target->model = *chosen;
  auto loaded = load_served_model(*target, request);
  if (!loaded) return tl::unexpected(loaded.error());
  target->model = *loaded;
  return run_served(*target, request);
}

void expect_error(const tl::expected<EngineReport, std::string>& report,
                  const std::vector<std::string>& words) {
  ASSERT_FALSE(report);
  for (const std::string& word : words)
    EXPECT_NE(report.error().find(word), std::string::npos) << word << " is not in: " << report.error();
}

TEST(ServedEngine, OllamaIsTimedByItsOwnCounters) {
  FakeServer server;
  be_ollama(server);
  const auto report = run_at(server.origin(), "smollm2-135m");
  ASSERT_TRUE(report) << report.error();
  EXPECT_EQ(report->engine, "Ollama");
  EXPECT_EQ(report->backend, "CPU");
  EXPECT_EQ(report->build, "0.40.12; smollm2:135m (Q4_0), 0.09 GiB, context 4096");
  EXPECT_EQ(report->gpu_share, 0.0);
  ASSERT_EQ(report->tests.size(), 2u);
  for (const double tps : report->tests[0].tps) EXPECT_NEAR(tps, 100, 1e-6);
  for (const double tps : report->tests[1].tps) EXPECT_NEAR(tps, 20, 1e-6);
  std::set<std::string> first_words;
  const std::vector<json> asked = server.asked("/api/generate");
  ASSERT_EQ(asked.size(), 1u + 3u + 3u);  // loading, and each test after an untimed one
  for (const json& one : asked) {
    EXPECT_EQ(one["raw"], true);
    EXPECT_EQ(one["stream"], false);
    EXPECT_TRUE(one.contains("keep_alive"));
    EXPECT_FALSE(one["options"].contains("num_thread"));
    const std::string prompt = one["prompt"];
    EXPECT_TRUE(first_words.insert(prompt.substr(0, prompt.find(' '))).second) << prompt;
  }
  // After the first prompt the words are counted: 80 of them have 100 tokens.
  EXPECT_EQ(words_in(asked[3]["prompt"]), 80u);
}

TEST(ServedEngine, TheShareOnAGpuIsReadBack) {
  FakeServer server;
  be_ollama(server, 0.38);
  const auto report = run_at(server.origin(), "smollm2:135m");
  ASSERT_TRUE(report) << report.error();
  EXPECT_NEAR(report->gpu_share.value_or(0), 0.38, 1e-6);
  EXPECT_EQ(report->backend, "38% on GPU, CPU");
}

TEST(ServedEngine, LmStudioIsTimedByItsOwnCounters) {
  FakeServer server;
  be_lm_studio(server);
  const auto report = run_at(server.origin(), "smollm2-135m");
  ASSERT_TRUE(report) << report.error();
  EXPECT_EQ(report->engine, "LM Studio");
  EXPECT_EQ(report->build, "llama.cpp-linux-x86_64-avx2 1.3.0; smollm2-135m-instruct (Q8_0), context 4096");
  EXPECT_EQ(report->backend, "CPU");
  ASSERT_EQ(report->tests.size(), 2u);
  for (const double tps : report->tests[0].tps) EXPECT_NEAR(tps, 500, 1e-6);
  for (const double tps : report->tests[1].tps) EXPECT_NEAR(tps, 57.5, 1e-6);
}

TEST(ServedEngine, ARuntimeForGpusMayUseOne) {
  FakeServer server;
  be_lm_studio(server, "llama.cpp-linux-x86_64-vulkan-avx2");
  const auto report = run_at(server.origin(), "smollm2-135m");
  ASSERT_TRUE(report) << report.error();
  EXPECT_FALSE(report->gpu_share);
  EXPECT_EQ(report->backend, "");
}

TEST(ServedEngine, LlamaServerComputesEveryPromptAnew) {
  FakeServer server;
  be_llama_server(server);
  const auto report = run_at(server.origin(), "smollm2-135m");
  ASSERT_TRUE(report) << report.error();
  EXPECT_EQ(report->engine, "llama.cpp");
  EXPECT_EQ(report->build,
            "llama-server b11669-Debian; /models/smollm2-135m-q4_0.gguf (Q4_0), 0.08 GiB, context 2048");
  ASSERT_EQ(report->tests.size(), 2u);
  for (const double tps : report->tests[0].tps) EXPECT_NEAR(tps, 250, 1e-6);
  for (const double tps : report->tests[1].tps) EXPECT_NEAR(tps, 50, 1e-6);
  std::set<json> firsts;
  for (const json& one : server.asked("/completion")) {
    EXPECT_EQ(one["cache_prompt"], false);
    EXPECT_EQ(one["ignore_eos"], true);
    EXPECT_TRUE(firsts.insert(one["prompt"][0]).second);
  }
  EXPECT_EQ(server.asked("/completion")[2]["prompt"].size(), 100u);
}

TEST(ServedEngine, PromptsFromACacheAreNoMeasurement) {
  FakeServer server;
  be_llama_server(server, 60);
  expect_error(run_at(server.origin(), "smollm2-135m"),
               {"100 tokens was sent and 40 were computed", "cache"});
}

TEST(ServedEngine, ServersAreFoundWhereTheyListen) {
  FakeServer ollama, other;
  be_ollama(ollama);
  be_llama_server(other);
  const std::string port = std::to_string(ollama.port());
  for (const std::string& address :
       {"127.0.0.1:" + port, "http://localhost:" + port, "0.0.0.0:" + port, ":" + port}) {
    const auto target = find_server(host_with({{"OLLAMA_HOST", address}}), "ollama");
    ASSERT_TRUE(target) << target.error();
    EXPECT_EQ(target->engine->word, "ollama");
  }
  const auto target =
      find_server(host_with({{"LLAMA_ARG_PORT", std::to_string(other.port())}}), "llama-server");
  ASSERT_TRUE(target) << target.error();
  EXPECT_EQ(target->engine, &llama_server);
  const auto wrong =
      find_server(host_with({{"OLLAMA_HOST", "127.0.0.1:" + std::to_string(other.port())}}), "ollama");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().find("no ollama answers at " + other.origin()), std::string::npos) << wrong.error();
}

TEST(ServedEngine, OtherMachinesAreNotAsked) {
  for (const char* url : {"http://192.0.2.1:11434", "https://ollama.example"}) {
    const auto target = find_server(host_with({}), url);
    ASSERT_FALSE(target);
    EXPECT_NE(target.error().find("another machine"), std::string::npos) << target.error();
  }
  const auto target = find_server(host_with({{"OLLAMA_HOST", "192.0.2.1"}}), "ollama");
  ASSERT_FALSE(target);
  EXPECT_NE(target.error().find("another machine"), std::string::npos) << target.error();
}

TEST(ServedEngine, NothingThatListensIsSaidSo) {
  FakeServer server;
  const std::string url = server.origin();
  expect_error(run_at(url, "smollm2-135m"), {"no Ollama, LM Studio or llama-server answers at " + url});
  server.stop();
  expect_error(run_at(url, "smollm2-135m"), {"no Ollama, LM Studio or llama-server answers at " + url});
}

TEST(ServedEngine, AModelThatIsNotThereIsNamedWithThoseThatAre) {
  FakeServer server;
  be_ollama(server);
  expect_error(run_at(server.origin(), "llama3.2:1b"), {"has no model \"llama3.2:1b\"", "smollm2:135m"});
  expect_error(run_at(server.origin(), "smollm2:135m", small_request(), "Q8_0"), {"in Q4_0 and not in Q8_0"});
}

TEST(ServedEngine, AnotherModelThanAskedForIsRefused) {
  FakeServer server;
  be_ollama(server);
  server.on("/api/ps",
            json{{"models", json::array({json{{"name", "llama3.2:1b"}, {"model", "llama3.2:1b"}}})}});
  expect_error(run_at(server.origin(), "smollm2:135m"), {"no loaded model smollm2:135m"});
  FakeServer studio;
  be_lm_studio(studio);
  studio.on("/api/v0/completions", [](const json&, httplib::Response& response) {
    response.set_content(R"({"model": "llama-3.2-1b-instruct", "usage": {"prompt_tokens": 8,
      "completion_tokens": 2}, "stats": {"tokens_per_second": 9.5, "time_to_first_token": 0.1}})",
                         "application/json");
  });
  expect_error(run_at(studio.origin(), "smollm2-135m"),
               {"was asked for smollm2-135m-instruct and loaded llama-3.2-1b-instruct"});
}

TEST(ServedEngine, AServerThatDiesWhileItGeneratesIsSaidSo) {
  FakeServer server;
  be_ollama(server);
  std::atomic<int> left{3};
  server.on("/api/generate", [&](const json& asked, httplib::Response& response) {
    if (left-- > 0) {
      const uint64_t tokens = words_in(asked["prompt"]);
      response.set_content(json{{"prompt_eval_count", tokens},
                                {"prompt_eval_duration", 1000},
                                {"eval_count", 2},
                                {"eval_duration", 1000}}
                               .dump(),
                           "application/json");
      return;
    }
    response.set_content_provider(1000, "application/json", [](size_t, size_t, httplib::DataSink& sink) {
      sink.write("{", 1);
      return false;  // the connection ends here
    });
  });
  expect_error(run_at(server.origin(), "smollm2:135m"),
               {"POST " + server.origin() + "/api/generate", "the connection ended before the answer did"});
}

TEST(ServedEngine, AnswersThatMakeNoSenseAreSaidSo) {
  FakeServer server;
  be_ollama(server);
  const auto page = [](const json&, httplib::Response& response) {
    response.set_content("<html>It works</html>", "text/html");
  };
  server.on("/api/generate", page);
  expect_error(run_at(server.origin(), "smollm2:135m"), {"the answer is no JSON: \"<html>It works</html>\""});
  server.on("/api/generate", json{{"response", "..."}, {"done", true}});
  expect_error(run_at(server.origin(), "smollm2:135m"), {"no prompt_eval_count"});
  server.on("/api/generate", json::array());
  expect_error(run_at(server.origin(), "smollm2:135m"), {"no prompt_eval_count"});
  server.on("/api/tags", json{{"models", 7}});
  expect_error(run_at(server.origin(), "smollm2:135m"), {"/api/tags", "no models"});
  server.on("/api/version", page);
  expect_error(run_at(server.origin(), "smollm2:135m"), {"no Ollama, LM Studio or llama-server answers"});
}

TEST(ServedEngine, TheServersOwnWordsAreInTheMessage) {
  FakeServer server;
  be_ollama(server);
  server.on("/api/generate", [](const json&, httplib::Response& response) {
    response.status = 500;
    response.set_content(R"({"error": "model requires more system memory (5.6 GiB) than is available"})",
                         "application/json");
  });
  expect_error(run_at(server.origin(), "smollm2:135m"), {"answers 500", "requires more system memory"});
}

TEST(ServedEngine, AKeyIsSentAndAskedFor) {
  FakeServer server;
  be_lm_studio(server);
  const auto target = find_server(host_with({{"LM_API_TOKEN", "secret"}}), server.origin());
  ASSERT_TRUE(target) << target.error();
  EXPECT_TRUE(choose_served_model(*target, "smollm2-135m", ""));
  EXPECT_TRUE(server.keys().contains("Bearer secret"));
  server.on("/api/v0/models", [](const json&, httplib::Response& response) {
    response.status = 401;
    response.set_content(R"({"error": {"message": "no key"}})", "application/json");
  });
  expect_error(run_at(server.origin(), "smollm2-135m"), {"answers 401: no key", "LM_API_TOKEN"});
}

TEST(ServedEngine, ATestThatTheContextHasNoRoomForIsNotRun) {
  FakeServer server;
  be_llama_server(server);
  EngineRequest request = small_request();
  request.prompt = 2048;
  expect_error(run_at(server.origin(), "smollm2-135m", request), {"holds 2048 tokens", "--prompt"});
}

TEST(ServedEngine, AModelThatEndsItsTextsEarlyIsSaidSo) {
  FakeServer server;
  be_ollama(server);
  server.on("/api/generate", [](const json& asked, httplib::Response& response) {
    response.set_content(json{{"prompt_eval_count", words_in(asked["prompt"])},
                              {"prompt_eval_duration", 1000},
                              {"eval_count", 3},
                              {"eval_duration", 1000}}
                             .dump(),
                         "application/json");
  });
  expect_error(run_at(server.origin(), "smollm2:135m"), {"ends its texts after 3 tokens", "--tokens"});
}

TEST(ServedEngine, AnAnswerThatDoesNotComeIsNotWaitedFor) {
  FakeServer server;
  be_ollama(server);
  std::atomic<bool> over{false};
  server.on("/api/generate", [&](const json&, httplib::Response& response) {
    while (!over) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    response.set_content("{}", "application/json");
  });
  EngineRequest request = small_request();
  request.limit = std::chrono::milliseconds(200);
  expect_error(run_at(server.origin(), "smollm2:135m", request), {"no answer in the time that it had"});
  request.limit = std::chrono::minutes(10);
  request.stop = [] { return true; };
  expect_error(run_at(server.origin(), "smollm2:135m", request), {"stopped"});
  over = true;
}

TEST(ServedEngine, VerifyKeepsTheEngineItsVersionAndWhatItLoaded) {
  FakeServer server;
  be_ollama(server);
  Folder folder;
  const std::string database = (folder.path() / "w.db").string();
  const std::string command = "'" WEIGHIN_BINARY "' verify smollm2-135m --engine " + server.origin() +
                              " --prompt 100 --tokens 10 --repetitions 2 --no-measure --db " +
                              shell_word(database);
  const json printed = answer(shell(command + " --json 2>/dev/null"));
  EXPECT_EQ(printed["engine"], "Ollama");
  EXPECT_EQ(printed["model"], "smollm2-135m");
  EXPECT_EQ(printed["format"], "q4_0");
  EXPECT_NEAR(printed["phases"]["decode"]["tps"].get<double>(), 20, 1e-6);
  EXPECT_NEAR(printed["phases"]["prefill"]["tps"].get<double>(), 100, 1e-6);
  EXPECT_TRUE(printed["memory_bytes"].is_null());
  auto store = Store::open(database, Access::read);
  ASSERT_TRUE(store) << store.error();
  const auto stored = store->verifications(store->devices().value().at(0).id).value();
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_EQ(stored[0].engine, "Ollama");
  EXPECT_EQ(stored[0].build, "0.40.12; smollm2:135m (Q4_0), 0.09 GiB, context 4096");
  EXPECT_EQ(stored[0].backend, "CPU");
  server.stop();
  const ShellOutcome gone = shell(command + " 2>&1");
  EXPECT_EQ(gone.exit_code, 2);
  EXPECT_NE(gone.output.find("answers at " + server.origin()), std::string::npos) << gone.output;
}

}  // namespace
}  // namespace weighin
