// Engines that run as servers: what is said where one does not answer, or not as it should.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "harness/engines/llama_server.h"
#include "harness/engines/served_run.h"
#include "tests/expect_words.h"
#include "tests/harness/engines/fake_servers.h"

namespace weighin {
namespace {

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

}  // namespace
}  // namespace weighin
